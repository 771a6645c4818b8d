using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Client.Local;

/// <summary>A call's data, opened, checked and put into the slots of the compiled reduction. Owns the clouds it opened.</summary>
sealed class BoundData : IAsyncDisposable
{
    readonly CloudSide _rows;
    readonly CloudSide _columns;

    BoundData(BoundReduction reduction, CloudSide rows, CloudSide columns) => (Reduction, _rows, _columns) = (reduction, rows, columns);

    /// <summary>The reduction with its data.</summary>
    public BoundReduction Reduction { get; }

    /// <summary>The clouds on the output's side.</summary>
    public CloudSide Rows => _rows;

    public static async Task<BoundData> OpenAsync(ReductionCall call, CompiledReduction compiled, CancellationToken cancellationToken)
    {
        var output = call.Reduction.OutputCategory;
        var reduced = output == Category.I ? Category.J : Category.I;
        var rows = await OpenSideAsync(call, output, cancellationToken).ConfigureAwait(false);
        CloudSide? columns = null;
        try
        {
            columns = await OpenSideAsync(call, reduced, cancellationToken).ConfigureAwait(false);
            var binder = new DataBinder(compiled, call.BatchShape.Aggregate(1, (a, b) => checked(a * b)));
            foreach (var bound in call.Variables) binder.SetName(bound.Variable, bound.Name);
            var (m, n) = (AddRows(call, output, rows, false, binder), AddRows(call, reduced, columns, true, binder));
            AddParameters(call, binder);
            var reduction = binder.Bind(m, n, columns.Reduced(call.Ranges?.ForEngine(call.Reduction.Axis)));
            return new BoundData(reduction, rows, columns);
        }
        catch
        {
            await rows.DisposeAsync().ConfigureAwait(false);
            if (columns is not null) await columns.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The numbers of the reduced rows in their clouds, where rows with nulls are left out; else empty.</summary>
    public ReadOnlyMemory<long> RowNumbers => _columns.WholeRows is { } whole ? whole.AsMemory() : default;

    public async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync().ConfigureAwait(false);
        await _columns.DisposeAsync().ConfigureAwait(false);
    }

    static Task<CloudSide> OpenSideAsync(ReductionCall call, Category category, CancellationToken cancellationToken) => CloudSide.OpenAsync(
        category == Category.I ? "i" : "j", Clouds(call, category).Select(c => c.Spec),
        new CloudOptions { Type = call.Type, Nulls = call.Options.Nulls }, cancellationToken);

    static IEnumerable<CloudData> Clouds(ReductionCall call, Category category) =>
        call.Variables.Where(v => v.Variable.Category == category).Select(v => v.Data).OfType<CloudData>().Distinct();

    /// <summary>Gives the variables of a side their rows. How many there are is what all say,
    /// used by the formula or not; one when there are none.</summary>
    static long AddRows(ReductionCall call, Category category, CloudSide side, bool reducedSide, DataBinder binder)
    {
        var sources = new List<(string, IRowSource)>();
        var given = new List<(Variable, ImmutableArray<IRowSource>)>();
        var clouds = Clouds(call, category).ToList();
        foreach (var bound in call.Variables.Where(v => v.Variable.Category == category))
        {
            ImmutableArray<IRowSource> batches = bound.Data switch
            {
                ArrayData arrays => arrays.Batches,
                CloudData cloud => [side.Clouds[clouds.IndexOf(cloud)]],
                _ => throw new KeopsException($"{bound.Label} is a row of a cloud or an array, but was given as a parameter."),
            };
            sources.AddRange(batches.Select(b => (bound.Label, b)));
            given.Add((bound.Variable, batches));
        }

        var rows = sources.Count == 0 ? 1 : RowCounts.RequireEqual(category == Category.I ? "i" : "j", [.. sources]);
        foreach (var (variable, batches) in given)
            binder.AddRows(variable, reducedSide ? [.. batches.Select(side.Reduced)] : batches);
        return reducedSide && side.WholeRows is { } whole ? whole.Length : rows;
    }

    static void AddParameters(ReductionCall call, DataBinder binder)
    {
        foreach (var bound in call.Variables.Where(v => v.Variable.Category == Category.Parameter))
        {
            if (bound.Data is not ParameterData parameter)
                throw new KeopsException($"{bound.Label} is a parameter, but was given as rows.");
            binder.AddParameter(bound.Variable, [.. parameter.Batches.Select(b => b.AsMemory())]);
        }
    }
}
