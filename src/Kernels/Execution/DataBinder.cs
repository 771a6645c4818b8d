using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// Puts the data of a call into the slots of a compiled reduction, and checks that they fit: what stands between a request, wherever it
/// came from, and a <see cref="BoundReduction"/>. Used once, by one thread.
/// </summary>
/// <param name="compiled">The reduction.</param>
/// <param name="batches">The number of batches.</param>
public sealed class DataBinder(CompiledReduction compiled, int batches)
{
    readonly Dictionary<int, (Variable Variable, ImmutableArray<IRowSource> Batches)> _rows = [];
    readonly Dictionary<int, (Variable Variable, ImmutableArray<ReadOnlyMemory<double>> Batches)> _parameters = [];
    readonly Dictionary<int, string> _names = [];

    /// <summary>Gives a variable the name that errors call it by.</summary>
    public void SetName(Variable variable, string? name)
    {
        if (name is not null) _names[variable.Index] = name;
    }

    /// <summary>Gives a variable its rows: one source for each batch, or one for all.</summary>
    /// <exception cref="KeopsException">It is a placeholder, or has data already.</exception>
    public void AddRows(Variable variable, ImmutableArray<IRowSource> sources)
    {
        CheckNew(variable);
        _rows.Add(variable.Index, (variable, sources));
    }

    /// <summary>Gives a parameter its values: one vector for each batch, or one for all.</summary>
    /// <exception cref="KeopsException">It is a placeholder, or has data already.</exception>
    public void AddParameter(Variable variable, ImmutableArray<ReadOnlyMemory<double>> values)
    {
        CheckNew(variable);
        _parameters.Add(variable.Index, (variable, values));
    }

    /// <summary>Binds.</summary>
    /// <param name="rows">Output rows.</param>
    /// <param name="columns">Reduced rows.</param>
    /// <param name="ranges">The pairs that count, for the axis that is reduced; null when every pair counts.</param>
    /// <exception cref="KeopsException">
    /// A variable has no data, its dimension, dtype or number of batches is another, or the ranges name rows that do not exist.
    /// </exception>
    public BoundReduction Bind(long rows, long columns, AxisRanges? ranges)
    {
        if (ranges is not null && batches > 1)
            throw new KeopsException("Ranges together with batch dimensions are not supported: use one or the other.");
        CheckTypes();
        var pairs = ranges is null ? null : SideRanges.Create(ranges, rows, columns);
        var plan = Plan.Create(batches, rows, columns, compiled.Kernel.Program.Monoid.Words, compiled.Reduction.Summation);
        var data = Enumerable.Range(0, batches)
            .Select(b => new BatchData(Parameters(b), Sources(compiled.Rows, b), Sources(compiled.Columns, b)));
        return new BoundReduction(compiled.Kernel, plan, [.. data], pairs);
    }

    /// <summary>All rows are of the call's dtype: there are no implicit conversions.</summary>
    void CheckTypes()
    {
        var all = _rows.Values.SelectMany(given => given.Batches.Select(source => (given.Variable, source.Type))).ToList();
        if (all.FindIndex(given => given.Type != compiled.Type) is not (>= 0 and var at)) return;
        var (variable, type) = all[at];
        var others = all.FindIndex(given => given.Type == compiled.Type);
        var rest = others >= 0 ? $"{Name(all[others].Variable)} is {compiled.Type.Name()}" : $"the call is in {compiled.Type.Name()}";
        throw new KeopsException($"{Name(variable)} is {type.Name()} and {rest}: all data of a call have one dtype, convert one of them.");
    }

    ImmutableArray<IRowSource> Sources(ImmutableArray<Variable> slots, int batch) =>
    [
        .. slots.Select(slot =>
        {
            if (_parameters.ContainsKey(slot.Index))
                throw new KeopsException($"{Name(slot)} is a row of a cloud or an array, but was given as a parameter.");
            var source = Find(_rows, slot, batch);
            if (source.Dim != slot.Dim)
                throw new KeopsException($"{Name(slot)} has dimension {slot.Dim} in the formula, its data have {source.Dim}.");
            return source.Type == ElementType.Float16 ? new WidenedRows(source) : source;
        }),
    ];

    ReadOnlyMemory<byte> Parameters(int batch)
    {
        var values = new List<double>();
        foreach (var slot in compiled.Parameters)
        {
            if (_rows.ContainsKey(slot.Index)) throw new KeopsException($"{Name(slot)} is a parameter, but was given as rows.");
            var vector = Find(_parameters, slot, batch);
            if (vector.Length != slot.Dim)
                throw new KeopsException($"{Name(slot)} has dimension {slot.Dim}, {vector.Length} values were given.");
            values.AddRange(vector.Span);
        }

        return compiled.Type switch
        {
            ElementType.Float64 => MemoryMarshal.AsBytes<double>(values.ToArray()).ToArray(),
            ElementType.Float32 => MemoryMarshal.AsBytes<float>(values.Select(v => (float)v).ToArray()).ToArray(),
            _ => MemoryMarshal.AsBytes<float>(values.Select(v => (float)(Half)v).ToArray()).ToArray(),
        };
    }

    T Find<T>(Dictionary<int, (Variable Variable, ImmutableArray<T> Batches)> given, Variable slot, int batch)
    {
        if (!given.TryGetValue(slot.Index, out var found)) throw new KeopsException($"{Name(slot)} has no data.");
        if (found.Variable != slot)
            throw new KeopsException($"{Name(slot)} is {slot} in the formula, but {found.Variable} where data are given.");
        var count = found.Batches.Length;
        return count == 1 ? found.Batches[0] : count == batches ? found.Batches[batch]
            : throw new KeopsException($"{Name(slot)} has {count} batches, the call {batches}: expected these, or one.");
    }

    void CheckNew(Variable variable)
    {
        if (variable.Index < 0) throw new KeopsException($"Variable {variable.Index} is a placeholder and takes no data.");
        if (_rows.ContainsKey(variable.Index) || _parameters.ContainsKey(variable.Index))
            throw new KeopsException($"{Name(variable)} was given twice.");
    }

    string Name(Variable variable) =>
        _names.TryGetValue(variable.Index, out var name) ? $"'{name}' (variable {variable.Index})" : $"Variable {variable.Index}";
}
