using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>A variable of a formula and its values.</summary>
public sealed record BoundVariable(Variable Variable, VariableData Data)
{
    /// <summary>What the caller calls it, for messages; null where it has no name.</summary>
    public string? Name { get; init; }

    /// <summary>The variable in messages: its name where it has one, and how formulas write it.</summary>
    internal string Label => Name is null ? $"{Formula.Var(Variable)}" : $"'{Name}' ({Formula.Var(Variable)})";
}

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

    /// <summary>
    /// Arrays that the results are written into, one for each in their order, instead of new ones; empty for new ones. Each has its
    /// result's dtype and shape. They are the caller's, must not be read or written before the reduction has ended, nor be data of the
    /// call, and hold some rows of the result and else what they held when it ends with an error; one that says that an array does not
    /// fit comes before any row.
    /// </summary>
    public ImmutableArray<NdArray> Into { get; init; } = [];

    /// <summary>Whether the values of the result are complex numbers, real and imaginary parts in turn. Default: false.</summary>
    public bool IsComplex { get; init; }

    /// <summary>Whether the result loses its last dimension, which is 1: a vector in, a vector out. Default: false.</summary>
    public bool IsVector { get; init; }

    /// <summary>The variable whose gradient this is, where it is one: the result has the shape of its data, and batches that these were
    /// repeated for are summed.</summary>
    internal Variable? GradientOf { get; init; }

    /// <summary>Whether results of other reductions are data of this one.</summary>
    internal bool TakesResults => Variables.Any(v => v.Data is ResultData or RowNumberData);

    /// <summary>
    /// The call's options checked, and its reduction compiled, or found compiled, with the summation that they choose: what engines do
    /// before they open or send anything.
    /// </summary>
    /// <exception cref="KeopsException">An option is unknown, has no engine here, or does not
    /// fit the reduction, the dtype or another option.</exception>
    public CompiledReduction Compile()
    {
        if (TakesResults)
            throw new KeopsException($"This {Reduction.Kind} takes results of other reductions, which nobody waits for in a job: "
                + "carry it out by ReduceAsync.");
        new DeviceOptions(Options.Backend, Options.DeviceId).Check();
        if (Output is not null && !Into.IsEmpty)
            throw new KeopsException("The result is written to a file (Output) or into arrays (Into): give one of them.");
        var summation = new SummationOptions(Options.DtypeAcc, Options.SumScheme, Options.UseDoubleAcc).Choose(Reduction.Kind, Type);
        return CompiledReduction.Compile(Reduction with { Summation = summation }, Type);
    }

    /// <summary>The variables whose data are still to be given, in the order in which <see cref="Bind"/> takes them.</summary>
    public IEnumerable<Variable> Symbols =>
        Variables.Where(v => v.Data is SymbolicData).OrderBy(v => ((SymbolicData)v.Data).Index).Select(v => v.Variable);

    /// <summary>
    /// The same reduction of these data: one array for each of <see cref="Symbols"/>, shaped as <see cref="TensorData"/> says. What was
    /// compiled for one call serves all.
    /// </summary>
    /// <exception cref="KeopsException">Their number is another, or dtypes differ.</exception>
    public ReductionCall Bind(params ReadOnlySpan<NdArray> arrays)
    {
        var symbols = Symbols.ToList();
        if (arrays.Length != symbols.Count)
            throw new KeopsException(
                $"{arrays.Length} arrays were given, expected {symbols.Count}: {string.Join(", ", symbols.Select(LabelOf))}.");
        var data = new Dictionary<Variable, VariableData>();
        for (var k = 0; k < symbols.Count; k++) data.Add(symbols[k], new TensorData(arrays[k]));
        ImmutableArray<BoundVariable> variables = [
            .. Variables.Select(v => data.TryGetValue(v.Variable, out var given) ? v with { Data = given } : v)];
        return this with { Variables = variables, Type = CallData.TypeOf(variables) ?? Type };
    }

    /// <summary>
    /// The gradient of ⟨cotangent, result⟩ by a variable, as a call: to be carried out, or differentiated again by this method, by
    /// <see cref="KeopsEngine.GradientAsync(ReductionCall, LazyTensor, NdArray, CancellationToken)"/> or both in turn. Of a sum, by what is
    /// indexed by i or j, it is one sum; other gradients take results of other reductions, which are carried out before it.
    /// <code>
    /// var force = k.Sum(Axis.J).Gradient(x, e);                                // Σ_j (∂F/∂x)ᵀ e
    /// var curvature = await engine.GradientAsync(force, x, u);                 // (∂ force / ∂x)ᵀ u
    /// </code>
    /// </summary>
    /// <param name="variable">A tensor that is one of its variables, as Vi, Vj or Pm made it.</param>
    /// <param name="cotangent">A variable with a row for each row of the result and its dimension, to differentiate by as well, with
    /// data or symbolic.</param>
    /// <returns>Its result has the shape of the variable's data.</returns>
    /// <exception cref="KeopsException">
    /// One of them is no variable or does not fit; an operation has no derivative; or the gradient is a sum of several reductions, which
    /// only <c>GradientAsync</c> adds up: a third derivative of what is no sum.
    /// </exception>
    public ReductionCall Gradient(LazyTensor variable, LazyTensor cotangent)
    {
        ArgumentNullException.ThrowIfNull(cotangent);
        var dim = Reduction.CreateMonoid(Type).Outputs[0].Length;
        if (cotangent.Formula.AsVariable is not { } e || e.Dim != dim || e.Category != Reduction.OutputCategory)
            throw new KeopsException(
                $"The cotangent of {Reduction.Kind} is {cotangent}: expected a variable that {Reduction.OutputCategory} indexes, of "
                + $"dimension {dim}.");
        return Gradient(VariableOf(variable), cotangent.Context.Variables[e.Index].Data);
    }

    /// <inheritdoc cref="Gradient(LazyTensor, LazyTensor)"/>
    /// <param name="variable">One of the call's variables.</param>
    /// <param name="cotangent">In the shape of the result.</param>
    public ReductionCall Gradient(Variable variable, NdArray cotangent)
    {
        ArgumentNullException.ThrowIfNull(cotangent);
        return Gradient(variable, CallGradient.Cotangent(this, cotangent));
    }

    /// <summary>The variable of this call that a tensor is.</summary>
    /// <param name="tensor">A variable, as Vi, Vj or Pm made it, that went into the call.</param>
    /// <exception cref="KeopsException">The tensor is an expression, or none of the call's variables.</exception>
    public Variable VariableOf(LazyTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Formula.AsVariable is not { } variable)
            throw new KeopsException($"{tensor} is no variable: expected one that Vi, Vj or Pm made.");
        var data = tensor.Context.Variables[variable.Index].Data;
        return Variables.FirstOrDefault(v => v.Variable.Category == variable.Category && Numbering.SameData(v.Data, data))?.Variable
            ?? throw new KeopsException($"{tensor} did not go into this reduction.");
    }

    ReductionCall Gradient(Variable variable, VariableData cotangent)
    {
        if (!Variables.Any(v => v.Variable == variable))
            throw new KeopsException($"{Formula.Var(variable)} is none of the call's variables: expected one of "
                + $"{string.Join(", ", Variables.Select(v => v.Label))}.");
        if (CallGradient.Inner(this).Any(inner => CallGradient.DependsOn(inner.Source, variable))
            || CallGradient.Of(this, variable, cotangent) is not [var gradient])
            throw new KeopsException(
                $"The gradient by {LabelOf(variable)} is a sum of several reductions here: ask an engine's GradientAsync for it.");
        return gradient;
    }

    /// <summary>A variable in messages (<see cref="BoundVariable.Label"/>), whether it is one of this call's or not.</summary>
    internal string LabelOf(Variable variable) =>
        Variables.FirstOrDefault(v => v.Variable == variable)?.Label ?? $"{Formula.Var(variable)}";

    /// <summary>The same reduction with other data for one variable.</summary>
    internal ReductionCall With(Variable variable, VariableData data) =>
        this with { Variables = [.. Variables.Select(v => v.Variable == variable ? v with { Data = data } : v)] };
}

/// <summary>Where and how a result is written.</summary>
/// <param name="Path">A file ending in <c>.parquet</c>, or a folder ending in <c>/</c>.</param>
/// <param name="Keep">Columns of the output side's input cloud that are carried along.</param>
public sealed record OutputTarget(string Path, ImmutableArray<string> Keep);
