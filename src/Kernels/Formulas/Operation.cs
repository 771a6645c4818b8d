using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// Everything there is to know of one operation of the formula language, in one place. The entries stand in
/// <c>Formulas/Operations/</c>; adding one makes it parse, print, differentiate, lower and explain.
/// </summary>
public sealed class Operation : FormulaFunction
{
    /// <summary>How many formulas it takes.</summary>
    public required int Arity { get; init; }

    /// <inheritdoc/>
    public override int LeastFormulas => Arity;

    /// <inheritdoc/>
    public override int MostFormulas => Arity;

    /// <summary>How it is written between its two arguments, or before its only one; null when it is only called by name.</summary>
    public Infix? Infix { get; init; }

    /// <summary>
    /// Whether component k of the result depends on component k of the arguments alone, arguments of dimension 1 being repeated. Default:
    /// false.
    /// </summary>
    public bool IsPointWise { get; init; }

    /// <summary>
    /// The dimension of the result, from the arguments (their <see cref="Formula.Dim"/>) and the parameters (lists are
    /// preceded by their length); throws <see cref="FormulaException"/> when they do not fit.
    /// </summary>
    public required Func<ImmutableArray<Formula>, ImmutableArray<int>, int> Dim { get; init; }

    /// <summary>A simpler formula with the same value, or null; called with arguments that fit.</summary>
    public Func<ImmutableArray<Formula>, ImmutableArray<int>, Formula?>? Simplify { get; init; }

    /// <summary>
    /// Reverse derivative: (f, k, e) ↦ (∂f/∂argument k)ᵀ e, of argument k's dimension. Null when the operation has none.
    /// </summary>
    public Func<Formula, int, Formula, Formula>? Gradient { get; init; }

    /// <summary>The value as program operations, from the arguments' values.</summary>
    public required Func<ProgramBuilder, Formula, ImmutableArray<Value>, Value> Lower { get; init; }

    /// <inheritdoc/>
    public override Formula Apply(ImmutableArray<Formula> arguments, ImmutableArray<int> parameters) =>
        Formula.Create(this, arguments, parameters);
}
