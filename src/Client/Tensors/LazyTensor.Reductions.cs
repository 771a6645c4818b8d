using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>
/// Reductions over i or j. Each gives a description, carried out by <see cref="KeopsEngine.ReduceAsync"/>; where symbolic variables take
/// part, <see cref="ReductionCall.Bind"/> gives it their data first.
/// </summary>
public partial class LazyTensor
{
    /// <summary>Σ F, component by component; of complex numbers complex.</summary>
    public ReductionCall Sum(Axis axis) => Reduce("Sum", axis);

    /// <summary>The smallest value of each component; +∞ of nothing. NaN never wins.</summary>
    public ReductionCall Min(Axis axis) => Reduce("Min", axis);

    /// <summary>The largest value of each component; −∞ of nothing. NaN never wins.</summary>
    public ReductionCall Max(Axis axis) => Reduce("Max", axis);

    /// <summary>The first row that has the smallest value, for each component; int64.</summary>
    public ReductionCall ArgMin(Axis axis) => Reduce("ArgMin", axis);

    /// <summary>The first row that has the largest value, for each component; int64.</summary>
    public ReductionCall ArgMax(Axis axis) => Reduce("ArgMax", axis);

    /// <summary>The smallest values and their rows.</summary>
    public ReductionCall MinArgMin(Axis axis) => Reduce("Min_ArgMin", axis);

    /// <summary>The largest values and their rows.</summary>
    public ReductionCall MaxArgMax(Axis axis) => Reduce("Max_ArgMax", axis);

    /// <summary>The k smallest values in ascending order, <c>rows × k × D</c>, or
    /// <c>rows × k</c> where D is 1; +∞ where there are fewer.</summary>
    public ReductionCall KMin(int k, Axis axis) => Reduce("KMin", axis, k);

    /// <summary>The rows of the k smallest values.</summary>
    public ReductionCall ArgKMin(int k, Axis axis) => Reduce("ArgKMin", axis, k);

    /// <summary>The k smallest values and their rows.</summary>
    public ReductionCall KMinArgKMin(int k, Axis axis) => Reduce("KMin_ArgKMin", axis, k);

    /// <summary>log Σ exp(F), or log Σ exp(F)·w with real weights; −∞ of nothing.</summary>
    public ReductionCall LogSumExp(Axis axis, LazyTensor? weight = null) => Reduce("LogSumExp", axis, weight: weight);

    /// <summary>Σ exp(F)·w / Σ exp(F), complex where the weights are; NaN of nothing.</summary>
    public ReductionCall SumSoftMaxWeight(LazyTensor weight, Axis axis) => Reduce("SumSoftMaxWeight", axis, weight: weight);

    /// <summary>Any reduction of the formula language.</summary>
    /// <param name="name">Its name there, such as <c>Max_SumShiftExp</c>.</param>
    /// <param name="axis">Over what; a number counts the batch dimensions of this tensor, whatever the weight has.</param>
    /// <param name="k">How many values the K-min family keeps.</param>
    /// <param name="weight">The second formula, where the reduction has one.</param>
    /// <exception cref="KeopsException">The reduction is unknown, or axis, K, weight or dimension do not fit it, or it is not one of
    /// complex numbers.</exception>
    public ReductionCall Reduce(string name, Axis axis, int? k = null, LazyTensor? weight = null)
    {
        var kind = ReductionKind.Find(name);
        if (IsComplex && name != "Sum")
            throw new KeopsException($"{name} is not defined for complex tensors: reduce Real, Imag, Abs or Angle.");
        if (weight is { IsComplex: true } && !kind.IsLinearInWeight)
            throw new KeopsException($"{name} takes no complex weight: give Real, Imag, Abs or Angle of it, or ask for SumSoftMaxWeight, "
                + "whose mean may be complex.");
        var context = weight is null ? Context : Context.Join(weight.Context);
        var numbering = new Numbering(context);
        var formula = numbering.Renumber(Formula);
        var second = weight is null ? null : numbering.Renumber(weight.Formula);
        var reduction = new Reduction(kind, formula, second, k, axis.Resolve(Context.Batch.Length));
        var type = context.Type ?? ElementType.Float64;
        reduction.CreateMonoid(type);
        return new ReductionCall(reduction, type, numbering.Complete())
        {
            BatchShape = context.Batch,
            Ranges = context.Ranges,
            IsComplex = IsComplex || weight is { IsComplex: true },
        };
    }
}
