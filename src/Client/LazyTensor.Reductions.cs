using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>Reductions over i (axis 0) or j (axis 1), to be carried out by a <see cref="KeopsEngine"/>.</summary>
public sealed partial class LazyTensor
{
#pragma warning disable CS1591 // Each is the reduction of the same name in docs/formulas.md.
    public ReductionCall Sum(int axis) => Reduce("Sum", axis);
    public ReductionCall Min(int axis) => Reduce("Min", axis);
    public ReductionCall Max(int axis) => Reduce("Max", axis);
    public ReductionCall ArgMin(int axis) => Reduce("ArgMin", axis);
    public ReductionCall ArgMax(int axis) => Reduce("ArgMax", axis);
    public ReductionCall MinArgMin(int axis) => Reduce("Min_ArgMin", axis);
    public ReductionCall MaxArgMax(int axis) => Reduce("Max_ArgMax", axis);
    public ReductionCall KMin(int k, int axis) => Reduce("KMin", axis, k);
    public ReductionCall ArgKMin(int k, int axis) => Reduce("ArgKMin", axis, k);
    public ReductionCall KMinArgKMin(int k, int axis) => Reduce("KMin_ArgKMin", axis, k);
    public ReductionCall LogSumExp(int axis, LazyTensor? weight = null) => Reduce("LogSumExp", axis, weight: weight);
    public ReductionCall SumSoftMaxWeight(LazyTensor weight, int axis) => Reduce("SumSoftMaxWeight", axis, weight: weight);
#pragma warning restore CS1591

    /// <summary>Any reduction of the formula language.</summary>
    /// <param name="name">Its name there, such as <c>Max_SumShiftExp</c>.</param>
    /// <param name="axis">1 to reduce over j, 0 over i.</param>
    /// <param name="k">How many values the K-min family keeps.</param>
    /// <param name="weight">The second formula, where the reduction has one.</param>
    /// <exception cref="FormulaException">The reduction is unknown, or K, weight or dimension do not fit it.</exception>
    public ReductionCall Reduce(string name, int axis, int? k = null, LazyTensor? weight = null)
    {
        if (axis is not (0 or 1)) throw new ArgumentOutOfRangeException(nameof(axis), axis, "The axis of a reduction is 0 (over i) or 1 (over j).");
        var type = Join(Type, weight?.Type) ?? ElementType.Float64;
        var bound = weight is null ? Variables : Variables.SetItems(weight.Variables);

        // In order of appearance, whatever numbers the variables got when they were made: equal formulas become equal texts.
        var numbers = new Dictionary<int, Formula>();
        var variables = ImmutableArray.CreateBuilder<BoundVariable>();
        var formula = Renumber(Formula);
        var second = weight is null ? null : Renumber(weight.Formula);
        var reduction = new Reduction(ReductionKind.Find(name), formula, second, k, axis);
        reduction.CreateMonoid(type);
        return new ReductionCall(reduction, type, variables.ToImmutable());

        Formula Renumber(Formula f) => f.Substitute(v =>
        {
            if (numbers.TryGetValue(v.Index, out var known)) return known;
            var variable = v with { Index = numbers.Count };
            variables.Add(new BoundVariable(variable, bound[v.Index].Data));
            return numbers[v.Index] = Formula.Var(variable);
        });
    }
}
