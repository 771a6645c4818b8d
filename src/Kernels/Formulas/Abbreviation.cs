using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// A name that stands for a formula of other operations and is replaced by it when it is applied, such as <c>SqDist</c> or <c>Grad</c>.
/// </summary>
public sealed class Abbreviation : FormulaFunction
{
    /// <summary>The fewest and the most formulas it takes.</summary>
    public required Range Formulas { get; init; }

    /// <summary>The formula it stands for, from arguments and parameters of the right number.</summary>
    public required Func<ImmutableArray<Formula>, ImmutableArray<int>, Formula> Expand { get; init; }

    /// <inheritdoc/>
    public override int LeastFormulas => Formulas.Start.Value;

    /// <inheritdoc/>
    public override int MostFormulas => Formulas.End.Value;

    /// <inheritdoc/>
    public override Formula Apply(ImmutableArray<Formula> arguments, ImmutableArray<int> parameters)
    {
        Check(arguments, parameters);
        return Expand(arguments, parameters);
    }
}
