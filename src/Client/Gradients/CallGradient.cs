using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>The gradient of a call as calls: a <see cref="ReductionGradient"/> with data.</summary>
static class CallGradient
{
    /// <summary>The calls whose results together are the gradient of ⟨cotangent, result⟩: one, unless ranges list pairs twice that only
    /// some terms count twice.</summary>
    /// <param name="call">The reduction that is differentiated.</param>
    /// <param name="variable">One of its own variables.</param>
    /// <param name="cotangent">Rows as those of the result.</param>
    /// <exception cref="KeopsException">The call's data do not fit together or are still to be given where the gradient
    /// needs them, or an operation has no derivative.</exception>
    public static IReadOnlyList<ReductionCall> Of(ReductionCall call, Variable variable, VariableData cotangent)
    {
        var rules = ReductionGradient.Of(call.Reduction, variable, call.Type, 1 + LastIndex(call));
        if (rules is not { Forward: [], Fold: null } && call.Symbols.Any())
            throw new KeopsException(
                $"The gradient of {call.Reduction.Kind} by {call.LabelOf(variable)} needs other results first: give "
                + $"{call.LabelOf(call.Symbols.First())} its data by Bind before taking it.");
        call = call with
        {
            BatchShape = call.Symbols.Any() ? call.BatchShape : CallData.Resolve(call).BatchShape,
            IsVector = false,
            IsComplex = false,
            Into = [],
            Output = null,
            GradientOf = null,
        };
        var variables = call.Variables.ToBuilder();
        // The same data are one variable, or a derivative by them would be that by one of their places.
        var e = call.Variables.FirstOrDefault(v => v.Variable.Category == rules.Cotangent.Category
            && v.Variable.Dim == rules.Cotangent.Dim && Numbering.SameData(v.Data, cotangent))?.Variable ?? rules.Cotangent;
        if (e == rules.Cotangent) variables.Add(new BoundVariable(e, cotangent) { Name = "cotangent" });
        var forward = rules.Forward.Select(f => f.Reduction).Distinct().ToDictionary(r => r, r => Step(call, r));
        foreach (var (reduction, output, saved, content) in rules.Forward)
            variables.Add(new BoundVariable(saved, new ResultData(forward[reduction], output, content)));
        if (rules.RowNumbers is { } numbers) variables.Add(new BoundVariable(numbers, new RowNumberData()));
        return
        [
            .. Finals(call, rules).Select(final =>
            {
                var formula = final.Reduction.Formula.Substitute(v => Formula.Var(v == rules.Cotangent ? e : v));
                final = final with { Reduction = final.Reduction with { Formula = formula }, Variables = variables.ToImmutable() };
                return (rules.Fold is { } fold ? Folded(call, final, fold, variable) : final) with { GradientOf = variable };
            }),
        ];
    }

    /// <summary>Whether the data of a call come, directly or as results of others, from a variable.</summary>
    public static bool DependsOn(ReductionCall call, Variable variable) =>
        call.Reduction.Variables().Contains(variable) || Inner(call).Any(inner => DependsOn(inner.Source, variable));

    /// <summary>The variables of a call that are results which change with their data: row numbers do not.</summary>
    public static IEnumerable<(Variable Variable, ReductionCall Source)> Inner(ReductionCall call)
    {
        foreach (var bound in call.Variables)
        {
            if (bound.Data is ResultData { Content: not ForwardContent.RowNumbers } result) yield return (bound.Variable, result.Source);
        }
    }

    /// <summary>The variable of that number and shape in a call, or in those whose results it takes.</summary>
    public static BoundVariable? Find(ReductionCall call, Variable variable) =>
        call.Variables.FirstOrDefault(v => v.Variable == variable)
        ?? Inner(call).Select(inner => Find(inner.Source, variable)).FirstOrDefault(found => found is not null);

    /// <summary>The batch dimensions of a call's result.</summary>
    public static ImmutableArray<int> BatchOf(ReductionCall call)
    {
        var batch = CallData.Resolve(call).BatchShape;
        return call.GradientOf is not { } variable ? batch
            : call.Variables.First(v => v.Variable == variable).Data is TensorData own ? CallData.BatchOf(variable, own.Array)
            : batch;
    }

    /// <summary>An array in the shape of a call's result, as rows of a cotangent.</summary>
    /// <exception cref="KeopsException">It has another shape or dtype.</exception>
    public static TensorData Cotangent(ReductionCall call, NdArray array)
    {
        var dim = call.Reduction.CreateMonoid(call.Type).Outputs[0].Length;
        return new TensorData(Rows(array, dim, BatchOf(call), call.Type));
    }

    /// <summary>What has one vector for each row of a result, as rows of a variable.</summary>
    /// <exception cref="KeopsException">It has not.</exception>
    public static NdArray Rows(NdArray array, int dim, ImmutableArray<int> batchShape, ElementType type)
    {
        var batch = batchShape.Aggregate(1L, (a, b) => a * b);
        var values = array.Length * (array.IsComplex ? 2 : 1);
        var rows = batch == 0 ? 0 : values / (batch * dim);
        if (rows * batch * dim != values || array.Type != type)
            throw new KeopsException(
                $"The cotangent is {array}: expected {type.Name()} in the shape of the result, {dim} numbers for each row "
                + "of each batch.");
        return array.Parts().Reshape([.. batchShape.Select(size => (long)size), rows, dim]);
    }

    static IEnumerable<ReductionCall> Finals(ReductionCall call, ReductionGradient rules)
    {
        var repeats = call.Ranges?.ForAxis(call.Reduction.Axis).HasRepeats == true;
        if (!repeats || rules.OfSelected is null) return [Step(call, rules.Final)];
        // A value that was taken from a pair has its derivative there once, whether ranges list the pair once or twice.
        var selected = Step(call, rules.OfSelected) with { Ranges = call.Ranges!.Once };
        return rules.OfAll is null ? [selected] : [Step(call, rules.OfAll), selected];
    }

    /// <summary>A reduction of the gradient with the call's data. The call's accumulator is for what adds up: extremal values have
    /// none.</summary>
    static ReductionCall Step(ReductionCall call, Reduction reduction) => call with
    {
        Reduction = reduction,
        Options = reduction.Kind.IsSum
            ? call.Options
            : call.Options with { DtypeAcc = "auto", UseDoubleAcc = false, SumScheme = "auto" },
    };

    /// <summary>The sum over the rows of a parameter's gradient. The clouds beside them leave out those that have nulls.</summary>
    static ReductionCall Folded(ReductionCall call, ReductionCall final, Reduction fold, Variable variable)
    {
        var row = fold.Formula.AsVariable!.Value;
        return Step(call, fold) with
        {
            Variables =
            [
                .. call.Variables.Where(v => v.Variable == variable || (v.Variable.Category == row.Category && v.Data is CloudData)),
                new BoundVariable(row, new ResultData(final, 0, ForwardContent.Values)),
            ],
            Ranges = null,
        };
    }

    static int LastIndex(ReductionCall call) => Math.Max(
        call.Variables.Max(v => v.Variable.Index),
        call.Variables.Select(v => v.Data).OfType<ResultData>().Select(r => LastIndex(r.Source)).DefaultIfEmpty(0).Max());
}
