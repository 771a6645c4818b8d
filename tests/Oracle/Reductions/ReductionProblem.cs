using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Oracle;

/// <summary>A reduction to be computed by double loops.</summary>
public sealed record ReductionProblem
{
    /// <summary>The reduction's name as in KeOps: <c>Sum</c>, <c>Min_ArgMin</c>, <c>LogSumExp</c> …</summary>
    public required string Reduction { get; init; }

    /// <summary>The formula that is reduced.</summary>
    public required Formula Formula { get; init; }

    /// <summary>The second formula (weights), for the reductions that take one.</summary>
    public Formula? Weight { get; init; }

    /// <summary>How many smallest entries, for the K-min reductions.</summary>
    public int K { get; init; }

    /// <summary>1 reduces over j (output indexed by i), 0 over i.</summary>
    public required int Axis { get; init; }

    /// <summary>The declared variables; they decide the sizes even when the formula does not use them.</summary>
    public required IReadOnlyList<Variable> Variables { get; init; }

    /// <summary>The arrays, by the variables' indices.</summary>
    public required IReadOnlyList<OracleArray> Arrays { get; init; }

    /// <summary>The number of i rows; null takes it from the arrays, 1 where no i-variable is declared.</summary>
    public int? Nx { get; init; }

    /// <summary>The number of j rows, likewise.</summary>
    public int? Ny { get; init; }

    /// <summary>Block-sparse ranges of this axis, or null for all pairs.</summary>
    public OracleRanges? Ranges { get; init; }
}
