using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Derivatives, which are formulas again. What one derives by is a tensor that is a variable, as <c>Vi</c>, <c>Vj</c> and
/// <c>Pm</c> give it.</summary>
public partial class LazyTensor
{
    /// <summary>(∂f/∂v)ᵀ e: the gradient of <c>⟨e, f⟩</c> by <paramref name="variable"/>, of its dimension.</summary>
    public LazyTensor Grad(LazyTensor variable, LazyTensor cotangent) =>
        OfReal(this, cotangent, nameof(Grad), (f, e) => f.Gradient(variable.AsVariable(nameof(Grad)), e)).With(variable);

    /// <summary>(∂f/∂v) u: the derivative along <paramref name="direction"/>.</summary>
    public LazyTensor Diff(LazyTensor variable, LazyTensor direction) =>
        OfReal(this, direction, nameof(Diff), (f, u) => f.Differential(variable.AsVariable(nameof(Diff)), u)).With(variable);

    /// <summary>The Jacobian matrix, row-major: block k of the variable's length is the gradient of component k.</summary>
    public LazyTensor GradMatrix(LazyTensor variable) =>
        OfReal(nameof(GradMatrix), f => f.Jacobian(variable.AsVariable(nameof(GradMatrix)))).With(variable);

    /// <summary>Σ_k ∂f_k/∂v_k, for a vector of the variable's length.</summary>
    public LazyTensor Divergence(LazyTensor variable) =>
        OfReal(nameof(Divergence), f => f.Divergence(variable.AsVariable(nameof(Divergence)))).With(variable);

    /// <summary>Σ_k ∂²f/∂v_k², for a vector of length 1.</summary>
    public LazyTensor Laplacian(LazyTensor variable) =>
        OfReal(nameof(Laplacian), f => f.Laplacian(variable.AsVariable(nameof(Laplacian)))).With(variable);

    /// <summary>The trace of a tensor that is linear in a variable; the variable is none of
    /// the result's any more, its data are not needed.</summary>
    public LazyTensor TraceOperator(LazyTensor variable)
    {
        var v = variable.AsVariable(nameof(TraceOperator));
        var trace = OfReal(nameof(TraceOperator), f => f.Trace(v));
        return new LazyTensor(trace.Formula, trace.Context with { Variables = trace.Context.Variables.Remove(v.Index) });
    }

    /// <summary>The same tensor: what occurs several times is computed once in any case.</summary>
    public LazyTensor Factorize(LazyTensor part) => OfReal(nameof(Factorize), f => f).With(part);

    /// <inheritdoc cref="Factorize"/>
    public LazyTensor AutoFactorize() => this;

    LazyTensor With(LazyTensor other) => new(Formula, Context.Join(other.Context));

    Variable AsVariable(string operation) => Formula.AsVariable is { } variable && !IsComplex
        ? variable
        : throw new KeopsException($"{operation} by {this}: expected a variable, as Vi, Vj or Pm makes it.");
}
