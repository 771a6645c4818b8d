using System.Collections.Immutable;
using System.Globalization;
using Distributed.Keops.Kernels.Solvers;

namespace Distributed.Keops.Client;

/// <summary>How a solve went, over all its systems.</summary>
/// <param name="Systems">
/// Each system: batch by batch, and where <paramref name="ColumnsPerBatch"/> is more than 1, column by column.
/// </param>
/// <param name="ColumnsPerBatch">
/// Systems of a batch: the right-hand side's columns, where K acts on each by itself; 1 where it mixes them, so that they are one system.
/// </param>
/// <param name="Products">Products with K, each over all pairs and all columns.</param>
/// <param name="Elapsed">Time from the call to the solution.</param>
public sealed record SolveReport(ImmutableArray<SystemReport> Systems, int ColumnsPerBatch, int Products, TimeSpan Elapsed)
{
    /// <summary>Whether every system is solved.</summary>
    public bool Converged => Systems.All(s => s.Status == SolveStatus.Converged);

    /// <summary><see cref="SolveStatus.Converged"/>, or what became of the first system that is not.</summary>
    public SolveStatus Status => Systems.Select(s => s.Status).FirstOrDefault(s => s != SolveStatus.Converged, SolveStatus.Converged);

    /// <summary>The most iterations that a system took.</summary>
    public int Iterations => Systems.Select(s => s.Iterations).DefaultIfEmpty().Max();

    /// <summary>The largest root mean square of a residual.</summary>
    public double Residual => Systems.Select(s => s.Residual).DefaultIfEmpty().Max();

    /// <summary>The largest ‖b − (αI + K)a‖ / ‖b‖.</summary>
    public double RelativeResidual => Systems.Select(s => s.RelativeResidual).DefaultIfEmpty().Max();

    /// <summary>One line for people.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Status} after {Iterations} iterations, residual {Residual:G3} (relative {RelativeResidual:G3}), {Systems.Length} systems.");
}
