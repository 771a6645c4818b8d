using System.Diagnostics;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
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

    /// <summary>
    /// The gradient of ⟨cotangent, a⟩, a being the solution of a system, by the data of some of its variables. By the right-hand side it is
    /// u = (αI + K)⁻¹ cotangent; by the data of any other variable minus the gradient of ⟨u, K a⟩ with a held fixed. Two solves serve all.
    /// </summary>
    /// <param name="call">The system.</param>
    /// <param name="variables">The variables; the unknown stands for the right-hand side.</param>
    /// <param name="cotangent">In the shape and dtype of the solution; it stays the caller's.</param>
    /// <param name="solution">The solution where it is known already, else it is computed.</param>
    /// <param name="cancellationToken">Ends the solves.</param>
    /// <exception cref="Kernels.KeopsException">
    /// As <see cref="SolveAsync"/>; a variable is none of the call's, or the cotangent has another shape than the solution; or the call is
    /// one of complex numbers.
    /// </exception>
    public async Task<SolveGradients> SolveGradientAsync(
        SolveCall call,
        IReadOnlyList<Variable> variables,
        NdArray cotangent,
        NdArray? solution = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(cotangent);
        if (call.Product.IsComplex)
            throw new KeopsException("The gradient of a complex system is not supported: take Real and Imag as two.");
        foreach (var variable in variables.Where(v => !call.Product.Variables.Any(b => b.Variable == v)))
            throw new KeopsException($"A gradient by {Formula.Var(variable)} was asked for, which is none of the call's variables.");
        var solved = solution is null ? await SolveAsync(call, null, cancellationToken).ConfigureAwait(false) : null;
        var a = solution ?? solved!.Solution;
        var adjoint = await SolveAsync(call.WithRightHandSide(call.AsRows(cotangent)), null, cancellationToken).ConfigureAwait(false);
        var u = adjoint.Solution;
        // The matrix is symmetric, so a small change dK changes ⟨cotangent, a⟩ by −⟨u, dK a⟩.
        var product = call.Product.With(call.Unknown, new TensorData(call.AsRows(a)));
        var gradients = new List<ResultArray>();
        foreach (var variable in variables)
            gradients.Add(variable == call.Unknown
                ? call.GradientByRightHandSide(u)
                : await GradientAsync(product, variable, VectorRows.Negated(u), cancellationToken).ConfigureAwait(false));
        return new SolveGradients(gradients, adjoint.Report, solved?.Report);
    }
}
