using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Ranges;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Grains;

/// <summary>A request's data, opened on this silo and bound to the compiled reduction. Owns the files it opened.</summary>
sealed class JobData : IAsyncDisposable
{
    readonly CloudSide _columns;
    readonly List<IDisposable> _uploads;

    JobData(CompiledReduction compiled, BoundReduction reduction, CloudSide rows, CloudSide columns, List<IDisposable> uploads) =>
        (Compiled, Reduction, Rows, _columns, _uploads) = (compiled, reduction, rows, columns, uploads);

    public CompiledReduction Compiled { get; }

    /// <summary>The reduction with its data.</summary>
    public BoundReduction Reduction { get; }

    /// <summary>The clouds on the output's side.</summary>
    public CloudSide Rows { get; }

    public JobShape Shape
    {
        get
        {
            var plan = Reduction.Plan;
            var rowBytes = Compiled.Program.Monoid.Words * sizeof(double) + Compiled.Rows.Sum(v => v.Dim) * Compiled.Program.Type.Size();
            return new JobShape(
                plan.Batches, plan.Rows, plan.Columns, plan.BlockRows, plan.LeafRows, Reduction.Pairs?.Pairs ?? plan.Pairs, rowBytes,
                Reduction.Pairs is not null, plan.Summation == Summation.Compensated, Rows.WholeRows is not null,
                Reduction.Pairs is { } ranges
                    ? NumericBlock.Of(ranges.PairsUpTo(PairCounts.Runs(plan), PairCounts.RunBlocks(plan) * plan.BlockRows))
                    : null);
        }
    }

    /// <summary>Rows left out for their nulls.</summary>
    public ReportedSkips SkippedRows => new(Skipped(Rows), Skipped(_columns));

    /// <summary>The files of a cloud, as they were when it was opened.</summary>
    public ImmutableArray<ReportedFile> FilesOf(string spec) =>
    [
        .. (Rows.Clouds.Concat(_columns.Clouds).FirstOrDefault(c => c.Spec.ToString() == spec)?.Files ?? [])
            .Select(f => new ReportedFile(f.Path, f.Length, f.LastWriteTime, f.RowCount)),
    ];

    /// <exception cref="KeopsException">The request does not fit together, or its data can't be opened.</exception>
    public static async Task<JobData> OpenAsync(
        JobOpening opening, LakeFolders lake, UploadStore store, DataMemory memory, CancellationToken cancellationToken)
    {
        var request = opening.Request;
        var type = ElementTypes.Parse(request.Type);
        var reduction = ReductionText.Parse(request.Reduction);
        new DeviceOptions(request.Backend, request.DeviceId).RequireCpu();
        var summation = new SummationOptions(request.DtypeAcc, request.SumScheme).Choose(reduction.Kind, type);
        var compiled = CompiledReduction.Compile(reduction with { Summation = summation }, type);
        var output = reduction.OutputCategory;
        var reduced = output == Category.I ? Category.J : Category.I;
        var binder = new DataBinder(compiled, request.Batches);
        var uploads = new List<IDisposable>();
        CloudSide? rows = null, columns = null;
        try
        {
            foreach (var name in Uploads(request)) uploads.Add(store.Hold(name));
            rows = await OpenSideAsync(request, output, type, lake, memory.Cache, cancellationToken).ConfigureAwait(false);
            columns = await OpenSideAsync(request, reduced, type, lake, memory.Cache, cancellationToken).ConfigureAwait(false);
            foreach (var cloud in rows.Clouds.Concat(columns.Clouds)) DatasetVersion.Require(cloud, opening.Sources);
            foreach (var given in request.Variables) binder.SetName(Variable(given), given.Name);
            var (m, n) = (Add(output, rows, false), Add(reduced, columns, true));
            AddParameters(request, binder);
            var ranges = columns.Reduced(await RangesAsync(request.Ranges, reduction.Axis, store, cancellationToken).ConfigureAwait(false));
            return new JobData(compiled, binder.Bind(m, n, ranges), rows, columns, uploads);
        }
        catch
        {
            await CloseAsync(rows, columns, uploads).ConfigureAwait(false);
            throw;
        }

        // The rows of a side are those of all its variables, used by the formula or not; one when it has none.
        long Add(Category category, CloudSide side, bool isReduced)
        {
            var sources = new List<(string, IRowSource)>();
            var opened = new List<(Variable, ImmutableArray<IRowSource>)>();
            var clouds = Clouds(request, category);
            foreach (var given in request.Variables.Where(v => v.Category == (int)category))
            {
                ImmutableArray<IRowSource> batches = given.Source switch
                {
                    CloudSource cloud => [side.Clouds[clouds.IndexOf(cloud.Spec)]],
                    UploadSource upload => [.. upload.Batches.Select(OpenUpload)],
                    _ => throw new KeopsException($"{given.Label} is a row of a cloud or an array, but was given as a parameter."),
                };
                opened.Add((Variable(given), batches));
                sources.AddRange(batches.Select(b => (given.Label, b)));
            }

            var count = sources.Count == 0 ? 1 : RowCounts.RequireEqual(category == Category.I ? "i" : "j", [.. sources]);
            foreach (var (variable, batches) in opened) binder.AddRows(variable, isReduced ? [.. batches.Select(side.Reduced)] : batches);
            return isReduced && side.WholeRows is { } whole ? whole.Length : count;
        }

        UploadRows OpenUpload(UploadedRows upload)
        {
            var opened = store.Open(upload);
            uploads.Add(opened);
            return opened;
        }
    }

    /// <summary>The numbers of the reduced rows in their clouds, where rows with nulls are left out; else empty.</summary>
    public ReadOnlyMemory<long> RowNumbers => _columns.WholeRows is { } whole ? whole.AsMemory() : default;

    /// <summary>
    /// Looks at the files once more: what this silo holds in memory may be older than what stands there by now. Uploads need no look, they
    /// are named by what they hold.
    /// </summary>
    /// <exception cref="DataException">A file is not what it was when the job began.</exception>
    public void RequireUnchanged()
    {
        foreach (var cloud in Rows.Clouds.Concat(_columns.Clouds)) cloud.RequireUnchanged();
    }

    public ValueTask DisposeAsync() => CloseAsync(Rows, _columns, _uploads);

    static async ValueTask CloseAsync(CloudSide? rows, CloudSide? columns, List<IDisposable> uploads)
    {
        if (rows is not null) await rows.DisposeAsync().ConfigureAwait(false);
        if (columns is not null) await columns.DisposeAsync().ConfigureAwait(false);
        foreach (var upload in uploads) upload.Dispose();
    }

    static IEnumerable<string> Uploads(ReductionRequest request)
    {
        var arrays = request.Variables.Select(v => v.Source).OfType<UploadSource>().SelectMany(u => u.Batches).Select(b => b.Name);
        return request.Ranges?.Upload is { } ranges ? arrays.Append(ranges) : arrays;
    }

    static long Skipped(CloudSide side) => side.WholeRows is { } whole ? side.RowCount - whole.Length : 0;

    static Variable Variable(RequestVariable given) => new(given.Index, given.Dim, (Category)given.Category);

    static List<string> Clouds(ReductionRequest request, Category category) =>
        [.. request.Variables.Where(v => v.Category == (int)category).Select(v => v.Source).OfType<CloudSource>()
            .Select(c => c.Spec).Distinct()];

    static Task<CloudSide> OpenSideAsync(
        ReductionRequest request,
        Category category,
        ElementType type,
        LakeFolders lake,
        CacheBudget cache,
        CancellationToken cancellationToken) =>
        CloudSide.OpenAsync(
            category == Category.I ? "i" : "j",
            Clouds(request, category).Select(lake.Resolve),
            new CloudOptions { Type = type, Nulls = request.SkipNulls ? NullPolicy.Skip : NullPolicy.Error, Cache = cache },
            cancellationToken);

    static void AddParameters(ReductionRequest request, DataBinder binder)
    {
        foreach (var given in request.Variables.Where(v => v.Category == (int)Category.Parameter))
        {
            if (given.Source is not ParameterSource parameter)
                throw new KeopsException($"{given.Label} is a parameter, but was given as rows.");
            binder.AddParameter(Variable(given), [.. parameter.Batches.Select(b => (ReadOnlyMemory<double>)b.Values<double>().ToArray())]);
        }
    }

    static async Task<AxisRanges?> RangesAsync(RequestRanges? ranges, int axis, UploadStore store, CancellationToken cancellationToken)
    {
        if (ranges is null) return null;
        var bytes = ranges.Inline?.Bytes ?? await store.ReadAllAsync(ranges.Upload!, cancellationToken).ConfigureAwait(false);
        var values = MemoryMarshal.Cast<byte, long>(bytes.Span);
        if (ranges.Lengths is not [>= 0 and var rows, >= 0 and var slices, >= 0 and var reduced]
            || (long)rows + slices + reduced != values.Length)
            throw new KeopsException($"The ranges hold {values.Length} numbers in arrays of {string.Join(", ", ranges.Lengths)}: expected "
                + "three arrays that use them all.");
        return AxisRanges.FromNumbers(axis, values[..rows], values.Slice(rows, slices), values[(rows + slices)..]);
    }
}
