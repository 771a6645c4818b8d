using System.Diagnostics;
using Distributed.Keops.Kernels.Solvers;

namespace Distributed.Keops.Client;

/// <summary>Linear systems whose matrix is a reduction.</summary>
public abstract partial class KeopsEngine
{
    /// <summary>
    /// Solves a linear system by conjugate gradients. Vectors are float64 whatever the dtype of the data; each product with the matrix is
    /// one reduction. The bits depend on the plan of that reduction alone, not on threads.
    /// </summary>
    /// <param name="call">The system, and when to stop.</param>
    /// <param name="progress">Told of every iteration; may be null.</param>
    /// <param name="cancellationToken">Ends the solve.</param>
    /// <returns>
    /// The solution and a report. Where the iteration does not converge there is no exception: the report says why, and the solution is the
    /// best iterate.
    /// </returns>
    /// <exception cref="Kernels.KeopsException">The call is no square linear system, or its data do not fit together.</exception>
    public async Task<SolveResult> SolveAsync(
        SolveCall call, IProgress<SolverProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        var clock = Stopwatch.StartNew();
        var system = await LinearSystem.OpenAsync(call, cancellationToken).ConfigureAwait(false);
        var space = system.Space;
        var matrix = new RidgeOperator<BlockVector>(space, system.CreateOperator(this), call.Alpha);
        var result = await new ConjugateGradients<BlockVector>(space, matrix, call.Options)
            .SolveAsync(system.RightHandSide, progress, cancellationToken).ConfigureAwait(false);
        var solution = system.ToArray(result.Solution, call.Product.IsComplex, call.Product.IsVector);
        var columns = space.Batches == 0 ? 1 : space.Systems / space.Batches;
        return new SolveResult(solution, new SolveReport(result.Systems, columns, result.Products, clock.Elapsed));
    }
}
