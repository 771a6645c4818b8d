using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Gradients of reductions.</summary>
public abstract partial class KeopsEngine
{
    /// <summary>
    /// The gradient of <c>⟨cotangent, result⟩</c> by the data of one variable: (∂result/∂variable)ᵀ cotangent. It is made of reductions, so
    /// it works on every engine, with ranges and batches. docs/formulas.md says what the derivative of each reduction is.
    /// </summary>
    /// <param name="call">The reduction that is differentiated.</param>
    /// <param name="variable">One of its variables.</param>
    /// <param name="cotangent">In the shape of the result; of its values where it has row numbers beside them.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>An array in the shape of the variable's: batch dimensions that were repeated are summed over.</returns>
    /// <exception cref="Kernels.KeopsException">The variable is none of the call's, the cotangent has another shape or dtype, or an
    /// operation has no derivative.</exception>
    public Task<ResultArray> GradientAsync(
        ReductionCall call, Variable variable, NdArray cotangent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(cotangent);
        return new GradientPass(this, variable).RunAsync(call, cotangent, cancellationToken);
    }

    /// <inheritdoc cref="GradientAsync(ReductionCall, Variable, NdArray, CancellationToken)"/>
    /// <param name="call">The reduction that is differentiated.</param>
    /// <param name="variable">A tensor that is one of its variables, as Vi, Vj or Pm made it.</param>
    /// <param name="cotangent">In the shape of the result.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public Task<ResultArray> GradientAsync(
        ReductionCall call, LazyTensor variable, NdArray cotangent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(variable);
        return GradientAsync(call, call.VariableOf(variable), cotangent, cancellationToken);
    }
}
