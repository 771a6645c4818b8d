using System.Collections.Immutable;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>A variable of a formula and its values.</summary>
public sealed record BoundVariable(Variable Variable, VariableData Data);

/// <summary>A reduction with everything it needs: what every engine carries out, in process or on a cluster.</summary>
/// <param name="Reduction">What is computed.</param>
/// <param name="Type">The dtype of data and results.</param>
/// <param name="Variables">The values of every variable of the formula and the weight, each index once.</param>
public sealed record ReductionCall(Reduction Reduction, ElementType Type, ImmutableArray<BoundVariable> Variables)
{
    /// <summary>Shape of the batch dimensions; empty for none.</summary>
    public ImmutableArray<int> BatchShape { get; init; } = [];

    /// <summary>How numbers are added up, and other options.</summary>
    public ReductionOptions Options { get; init; } = new();

    /// <summary>Which pairs count; null for all. Not together with batch dimensions.</summary>
    public Ranges? Ranges { get; init; }

    /// <summary>Where the result is written as Parquet; null to return it in memory.</summary>
    public OutputTarget? Output { get; init; }

    /// <summary>Whether the values of the result are complex numbers, real and imaginary parts in turn. Default: false.</summary>
    public bool IsComplex { get; init; }

    /// <summary>Whether the result loses its last dimension, which is 1: a vector in, a vector out. Default: false.</summary>
    public bool IsVector { get; init; }

    /// <summary>The variables whose data are still to be given, in the order in which <see cref="Bind"/> takes them.</summary>
    public IEnumerable<Variable> Symbols => Variables.Where(v => v.Data is SymbolicData).OrderBy(v => ((SymbolicData)v.Data).Index).Select(v => v.Variable);

    /// <summary>
    /// The same reduction of these data: one array for each of <see cref="Symbols"/>, shaped as <see cref="TensorData"/> says. What was compiled for
    /// one call serves all.
    /// </summary>
    /// <exception cref="KeopsException">Their number is another, or dtypes differ.</exception>
    public ReductionCall Bind(params ReadOnlySpan<NdArray> arrays)
    {
        var symbols = Symbols.ToList();
        if (arrays.Length != symbols.Count)
            throw new KeopsException($"{arrays.Length} arrays were given, expected {symbols.Count}: {string.Join(", ", symbols.Select(s => Formula.Var(s)))}.");
        var data = new Dictionary<Variable, VariableData>();
        for (var k = 0; k < symbols.Count; k++) data.Add(symbols[k], new TensorData(arrays[k]));
        ImmutableArray<BoundVariable> variables = [.. Variables.Select(v => data.TryGetValue(v.Variable, out var given) ? v with { Data = given } : v)];
        return this with { Variables = variables, Type = CallData.TypeOf(variables) ?? Type };
    }

    /// <summary>The same reduction with other data for one variable.</summary>
    internal ReductionCall With(Variable variable, VariableData data) =>
        this with { Variables = [.. Variables.Select(v => v.Variable == variable ? v with { Data = data } : v)] };
}

/// <summary>Options of a reduction, with KeOps' names and meaning.</summary>
public sealed record ReductionOptions
{
    /// <summary>Accumulator dtype: <c>auto</c>, <c>float32</c> or <c>float64</c>. Default: auto.</summary>
    public string DtypeAcc { get; init; } = "auto";

    /// <summary><c>auto</c>, <c>direct_sum</c>, <c>block_sum</c> or <c>kahan_scheme</c>. Default: auto.</summary>
    public string SumScheme { get; init; } = "auto";

    /// <summary>What to do with nulls in the input files. Default: an error that names the first.</summary>
    public NullPolicy Nulls { get; init; } = NullPolicy.Error;
}

/// <summary>Where and how a result is written.</summary>
/// <param name="Path">A file ending in <c>.parquet</c>, or a folder ending in <c>/</c>.</param>
/// <param name="Keep">Columns of the output side's input cloud that are carried along.</param>
public sealed record OutputTarget(string Path, ImmutableArray<string> Keep);
