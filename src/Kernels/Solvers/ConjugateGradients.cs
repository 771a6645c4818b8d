namespace Distributed.Keops.Kernels.Solvers;

/// <summary>
/// Conjugate gradients (Hestenes and Stiefel, 1952) for symmetric positive definite matrices, from x = 0. All systems of a vector advance
/// together, each with scalars of its own: one product serves them all, and a system that has ended takes no further part.
/// <para>
/// The residual of the recursion drifts away from that of the solution, most of all when products are rounded to float32. A system
/// therefore counts as solved only when b − Ax, computed anew, satisfies the stop rule; otherwise the recursion starts again from that
/// residual.
/// </para>
/// </summary>
/// <param name="space">The vectors' space.</param>
/// <param name="matrix">A, symmetric.</param>
/// <param name="options">When to stop.</param>
public sealed class ConjugateGradients<TVector>(IVectorSpace<TVector> space, ILinearOperator<TVector> matrix, SolverOptions options)
{
    readonly double[] _ones = Coefficients.All(space.Systems, 1);
    readonly double[] _zeros = new double[space.Systems];

    /// <summary>Solves A x = b.</summary>
    /// <param name="b">The right-hand side; not changed.</param>
    /// <param name="progress">Told of every iteration; may be null.</param>
    /// <param name="cancellationToken">Ends the solver.</param>
    /// <exception cref="KeopsException">The options have no meaning, or a product fails.</exception>
    public async Task<SolverResult<TVector>> SolveAsync(
        TVector b, IProgress<SolverProgress>? progress, CancellationToken cancellationToken)
    {
        options.Check();
        var run = new Run(b, space);
        var systems = await StartAsync(run, cancellationToken).ConfigureAwait(false);
        if (systems.All(s => s.Status is not null)) return Result(run, systems);
        var iteration = 0;
        do
        {
            for (; systems.Any(s => s.IsActive); iteration++)
            {
                if (iteration == options.MaxIterations)
                {
                    await GiveUpAsync(run, systems, cancellationToken).ConfigureAwait(false);
                    break;
                }

                await IterateAsync(run, systems, cancellationToken).ConfigureAwait(false);
                progress?.Report(new SolverProgress(iteration + 1, Largest(systems), systems.Count(s => s.IsActive)));
            }

            await VerifyAsync(run, systems, cancellationToken).ConfigureAwait(false);
        }
        while (systems.Any(s => s.IsActive));

        return Result(run, systems);
    }

    async Task<SystemState[]> StartAsync(Run run, CancellationToken cancellationToken)
    {
        var dots = await space.RunAsync(
            [
                new CombineStep<TVector>(run.R, _ones, run.B, _zeros),
                new CombineStep<TVector>(run.P, _ones, run.B, _zeros),
                new DotStep<TVector>(run.R, run.R),
            ],
            cancellationToken).ConfigureAwait(false);
        return [.. dots[0].Select(bb => new SystemState(bb, space.Size, options))];
    }

    async Task IterateAsync(Run run, SystemState[] systems, CancellationToken cancellationToken)
    {
        await matrix.ApplyAsync(run.P, run.Q, cancellationToken).ConfigureAwait(false);
        run.Products++;
        var curvature = await space.RunAsync([new DotStep<TVector>(run.P, run.Q)], cancellationToken).ConfigureAwait(false);
        var alphas = Each(systems, (system, s) => system.StepLength(curvature[0][s]));
        var residuals = await space.RunAsync(
            [
                new CombineStep<TVector>(run.X, alphas, run.P, _ones),
                new CombineStep<TVector>(run.R, [.. alphas.Select(a => -a)], run.Q, _ones),
                new DotStep<TVector>(run.R, run.R),
            ],
            cancellationToken).ConfigureAwait(false);
        var betas = Each(systems, (system, s) => system.Advance(residuals[0][s]));
        // Of systems that have ended nothing is left in p, so that the product has nothing to compute with.
        var active = Each(systems, (system, _) => system.IsActive ? 1 : 0);
        var better = Each(systems, (system, _) => system.HasImproved ? 1 : 0);
        await space.RunAsync(
            [
                new CombineStep<TVector>(run.Best, better, run.X, [.. better.Select(k => 1 - k)]),
                new CombineStep<TVector>(run.P, active, run.R, betas),
            ],
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Ends what the iteration limit leaves. Residuals rise and fall, but their error in the norm of A only falls: the last is the best.
    /// </summary>
    async Task GiveUpAsync(Run run, SystemState[] systems, CancellationToken cancellationToken)
    {
        var active = Each(systems, (system, _) => system.IsActive ? 1 : 0);
        foreach (var system in systems.Where(s => s.IsActive)) system.End(SolveStatus.IterationLimit);
        var others = active.Select(k => 1 - k).ToArray();
        await space.RunAsync([new CombineStep<TVector>(run.Best, active, run.X, others)], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Computes b − Ax of the best iterates. Systems that seemed solved and are not go on from there, unless that has stopped to help.
    /// </summary>
    async Task VerifyAsync(Run run, SystemState[] systems, CancellationToken cancellationToken)
    {
        await matrix.ApplyAsync(run.Best, run.Q, cancellationToken).ConfigureAwait(false);
        run.Products++;
        var minus = Coefficients.All(space.Systems, -1);
        var residuals = await space.RunAsync(
            [
                new CombineStep<TVector>(run.R, _ones, run.B, _zeros),
                new CombineStep<TVector>(run.R, minus, run.Q, _ones),
                new DotStep<TVector>(run.R, run.R),
            ],
            cancellationToken).ConfigureAwait(false);
        for (var s = 0; s < systems.Length; s++) systems[s].Verify(residuals[0][s]);
        var active = Each(systems, (system, _) => system.IsActive ? 1 : 0);
        await space.RunAsync(
            [
                new CombineStep<TVector>(run.X, active, run.Best, [.. active.Select(k => 1 - k)]),
                new CombineStep<TVector>(run.P, active, run.R, _zeros),
            ],
            cancellationToken).ConfigureAwait(false);
    }

    static double[] Each(SystemState[] systems, Func<SystemState, int, double> coefficient) => [.. systems.Select(coefficient)];

    static double Largest(SystemState[] systems) =>
        systems.Where(s => s.IsActive).DefaultIfEmpty(systems.MaxBy(s => s.Residual)!).Max(s => s.Residual);

    static SolverResult<TVector> Result(Run run, SystemState[] systems) =>
        new(run.Best, [.. systems.Select(s => s.Report())], run.Products);

    /// <summary>The vectors of one solve.</summary>
    sealed class Run(TVector b, IVectorSpace<TVector> space)
    {
        public TVector B { get; } = b;

        public TVector X { get; } = space.Create();

        public TVector Best { get; } = space.Create();

        public TVector R { get; } = space.Create();

        public TVector P { get; } = space.Create();

        public TVector Q { get; } = space.Create();

        public int Products { get; set; }
    }
}
