using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Solvers;

namespace Distributed.Keops.Client;

/// <summary>
/// A linear system <c>(αI + K) a = b</c>, K being a reduction that is linear in one of its variables:
/// <code>
/// α a_i + Σ_j F(p, x_i, y_j, a_j) = b_i        "Exp(-g*SqDist(x,y))*a", unknown a
/// </code>
/// K is taken to be symmetric and positive; that is not checked. The unknown's data are the right-hand side: both have as many rows,
/// although the one is summed over and the other indexes the result.
/// </summary>
/// <param name="Product">
/// A Sum, linear in <paramref name="Unknown"/>, whose result has the unknown's dimension. What is bound to the unknown is b.
/// </param>
/// <param name="Unknown">The variable that is solved for, indexed by the side that is summed over.</param>
public sealed record SolveCall(ReductionCall Product, Variable Unknown)
{
    /// <summary>The ridge α. Default: 1e-10.</summary>
    public double Alpha { get; init; } = 1e-10;

    /// <summary>A system is solved when the root mean square of its residual is below this. Default: 1e-6.</summary>
    public double Eps { get; init; } = 1e-6;

    /// <summary>Iterations after which it is given up. Default: 10 000.</summary>
    public int MaxIterations { get; init; } = 10_000;

    /// <summary>Iterations without a new least residual after which it is given up. Default: 1 000.</summary>
    public int Patience { get; init; } = 1_000;

    /// <summary>The variables whose data are still to be given; the array for the unknown is the right-hand side.</summary>
    public IEnumerable<Variable> Symbols => Product.Symbols;

    internal SolverOptions Options => new() { Eps = Eps, MaxIterations = MaxIterations, Patience = Patience };

    /// <summary>The same system of these data (<see cref="ReductionCall.Bind"/>).</summary>
    /// <exception cref="KeopsException">Their number is another, or dtypes differ.</exception>
    public SolveCall Bind(params ReadOnlySpan<NdArray> arrays) => this with { Product = Product.Bind(arrays) };

    /// <summary>The same system with another right-hand side.</summary>
    /// <param name="rightHandSide"><c>batch + (rows, D)</c>; it stays the caller's.</param>
    public SolveCall WithRightHandSide(NdArray rightHandSide) =>
        this with { Product = Product.With(Unknown, new TensorData(rightHandSide)) };
}
