namespace Distributed.Keops.Kernels.Solvers;

/// <summary>When an iterative solver stops.</summary>
public sealed record SolverOptions
{
    /// <summary>
    /// A system is solved when the root mean square of its residual is below this: ‖r‖² &lt; size · Eps², size being the number of its
    /// components. Default: 1e-6.
    /// </summary>
    public double Eps { get; init; } = 1e-6;

    /// <summary>Iterations after which unsolved systems are given up. Default: 10 000.</summary>
    public int MaxIterations { get; init; } = 10_000;

    /// <summary>Iterations without a new least residual after which a system counts as stagnating. Default: 1 000.</summary>
    public int Patience { get; init; } = 1_000;

    /// <summary>Checks the values.</summary>
    /// <exception cref="KeopsException">One has no meaning.</exception>
    public void Check()
    {
        if (!(Eps >= 0) || !double.IsFinite(Eps)) throw new KeopsException($"eps is {Eps}: expected a finite number of at least 0.");
        if (MaxIterations < 0) throw new KeopsException($"The iteration limit is {MaxIterations}: expected at least 0.");
        if (Patience < 1) throw new KeopsException($"The patience is {Patience} iterations: expected at least 1.");
    }
}
