using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Ranges;

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
        foreach (var bound in call.Variables)
        {
            if (bound.Variable.Index < 0)
                throw new KeopsException($"Variable {bound.Variable.Index} is a placeholder and takes no data.");
        }

        var output = call.Reduction.OutputCategory;
        var reduced = output == Category.I ? Category.J : Category.I;
        var rows = await OpenSideAsync(call, output, cancellationToken).ConfigureAwait(false);
        CloudSide? columns = null;
        try
        {
            columns = await OpenSideAsync(call, reduced, cancellationToken).ConfigureAwait(false);
            var batches = call.BatchShape.Aggregate(1, (a, b) => checked(a * b));
            var (m, n) = (Count(call, output, rows, reducedSide: false), Count(call, reduced, columns, reducedSide: true));
            var plan = Plan.Create(batches, m, n, compiled.Kernel.Program.Monoid.Words);
            var data = Enumerable.Range(0, batches).Select(b => new BatchData(
                Parameters(call, compiled, b), Sources(call, compiled.Rows, rows, b, false), Sources(call, compiled.Columns, columns, b, true)));
            var reduction = new BoundReduction(compiled.Kernel, plan, [.. data], Ranges(call, m, n, batches));
            return new BoundData(reduction, rows, columns);
        }
        catch
        {
            await rows.DisposeAsync().ConfigureAwait(false);
            if (columns is not null) await columns.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Row numbers of what is left of a cloud without its nulls become row numbers of the cloud.</summary>
    public ResultBlock MapIndices(ResultBlock block)
    {
        if (_columns.WholeRows is not { } whole) return block;
        var outputs = Reduction.Kernel.Program.Monoid.Outputs;
        for (var o = 0; o < outputs.Length; o++)
        {
            if (outputs[o].Type != ComponentType.Index) continue;
            foreach (ref var index in MemoryMarshal.Cast<byte, long>(block.Columns[o].AsSpan()))
                index = index < whole.Length ? whole[(int)index] : 0;
        }

        return block;
    }

    public async ValueTask DisposeAsync()
    {
        await _rows.DisposeAsync().ConfigureAwait(false);
        await _columns.DisposeAsync().ConfigureAwait(false);
    }

    static Task<CloudSide> OpenSideAsync(ReductionCall call, Category category, CancellationToken cancellationToken) => CloudSide.OpenAsync(
        category == Category.I ? "i" : "j", Clouds(call, category).Select(c => c.Spec), call.Type, call.Options.Nulls, cancellationToken);

    static IEnumerable<CloudData> Clouds(ReductionCall call, Category category) =>
        call.Variables.Where(v => v.Variable.Category == category).Select(v => v.Data).OfType<CloudData>().Distinct();

    /// <summary>The rows of a side: those of all its variables, used by the formula or not; one when it has none.</summary>
    static long Count(ReductionCall call, Category category, CloudSide side, bool reducedSide)
    {
        var sources = new List<(string, IRowSource)>();
        foreach (var bound in call.Variables.Where(v => v.Variable.Category == category))
        {
            if (bound.Data is ArrayData arrays) sources.AddRange(arrays.Batches.Select(s => (Name(bound.Variable), s)));
            else if (bound.Data is CloudData cloud) sources.Add((Name(bound.Variable), Source(side, call, category, cloud, reducedSide)));
        }

        return sources.Count == 0 ? 1 : RowCounts.RequireEqual(category == Category.I ? "i" : "j", [.. sources]);
    }

    static ImmutableArray<IRowSource> Sources(ReductionCall call, ImmutableArray<Variable> slots, CloudSide side, int batch, bool reducedSide) =>
    [
        .. slots.Select(slot =>
        {
            var bound = Find(call, slot);
            var source = bound.Data switch
            {
                ArrayData arrays => arrays.Batches[BatchIndex(call, slot, arrays.Batches.Length, batch)],
                CloudData cloud => Source(side, call, slot.Category, cloud, reducedSide),
                _ => throw new KeopsException($"{Name(slot)} is a row of a cloud or an array, but was given as a parameter."),
            };
            if (source.Dim != slot.Dim) throw new KeopsException($"{Name(slot)} has dimension {slot.Dim} in the formula, its data have {source.Dim}.");
            if (source.Type != call.Type) throw new KeopsException($"{Name(slot)} is {source.Type.Name()}, the call {call.Type.Name()}: convert one of them.");
            return source;
        }),
    ];

    static ReadOnlyMemory<byte> Parameters(ReductionCall call, CompiledReduction compiled, int batch)
    {
        var values = new List<double>();
        foreach (var slot in compiled.Parameters)
        {
            if (Find(call, slot).Data is not ParameterData parameter)
                throw new KeopsException($"{Name(slot)} is a parameter, but was given as rows.");
            var vector = parameter.Batches[BatchIndex(call, slot, parameter.Batches.Length, batch)];
            if (vector.Length != slot.Dim) throw new KeopsException($"{Name(slot)} has dimension {slot.Dim}, {vector.Length} values were given.");
            values.AddRange(vector);
        }

        return call.Type == ElementType.Float64
            ? MemoryMarshal.AsBytes<double>(values.ToArray()).ToArray()
            : MemoryMarshal.AsBytes<float>(values.Select(v => (float)v).ToArray()).ToArray();
    }

    static SideRanges? Ranges(ReductionCall call, long rows, long columns, int batches)
    {
        if (call.Ranges is not { } ranges) return null;
        if (batches > 1) throw new KeopsException("Ranges together with batch dimensions are not supported: use one or the other.");
        if (ranges.Length != 6) throw new KeopsException($"Ranges are six arrays, {ranges.Length} were given.");
        var side = call.Reduction.Axis == 1 ? 0 : 3;
        return SideRanges.Create(ranges[side].AsSpan(), ranges[side + 1].AsSpan(), ranges[side + 2].AsSpan(), rows, columns);
    }

    static BoundVariable Find(ReductionCall call, Variable slot)
    {
        var bound = call.Variables.FirstOrDefault(v => v.Variable.Index == slot.Index)
            ?? throw new KeopsException($"{Name(slot)} has no data.");
        return bound.Variable == slot ? bound : throw new KeopsException($"{Name(slot)} is {slot} in the formula, but {bound.Variable} where data are given.");
    }

    static IRowSource Source(CloudSide side, ReductionCall call, Category category, CloudData cloud, bool reducedSide)
    {
        var at = Clouds(call, category).ToList().IndexOf(cloud);
        return reducedSide ? side.Reduced(at) : side.Clouds[at];
    }

    static int BatchIndex(ReductionCall call, Variable slot, int given, int batch)
    {
        var batches = call.BatchShape.Aggregate(1, (a, b) => a * b);
        return given == 1 ? 0 : given == batches ? batch : throw new KeopsException($"{Name(slot)} has {given} batches, the call {batches}: expected these, or one.");
    }

    static string Name(Variable variable) => $"Variable {variable.Index}";
}
