namespace Distributed.Keops.Kernels.Solvers;

/// <summary>How eigenvalues are looked for.</summary>
public sealed record LanczosOptions
{
    /// <summary>
    /// An eigenpair (θ, v) is found when ‖Av − θv‖ is at most this, relative to the largest absolute eigenvalue seen. Default: 1e-10.
    /// </summary>
    public double Tolerance { get; init; } = 1e-10;

    /// <summary>The most products in one run, each of which keeps a vector. Default: 300.</summary>
    public int MaxSteps { get; init; } = 300;

    /// <summary>What the start vector follows from. Default: 0.</summary>
    public ulong Seed { get; init; }
}
