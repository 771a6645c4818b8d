using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Names for derivatives, which are taken when the formula is read.</summary>
static class Calculus
{
    public static readonly ImmutableArray<FormulaFunction> All =
    [
        new Abbreviation
        {
            Name = "Grad",
            Formulas = 2..3,
            Expand = (a, _) =>
            {
                var v = Variable("Grad", a[1]);
                return a[0].Gradient(v, a.Length == 3 ? a[2] : Derivatives.NewCotangent(a[0], v));
            },
        },
        Of("GradMatrix", (f, v) => f.Jacobian(v)),
        Of("Divergence", (f, v) => f.Divergence(v)),
        Of("Laplacian", (f, v) => f.Laplacian(v)),
        Of("TraceOperator", (f, v) => f.Trace(v)),
        new Abbreviation
        {
            Name = "AdjointOperator",
            Formulas = 3..3,
            Expand = (a, _) => a[0].Adjoint(Variable("AdjointOperator", a[1]), a[2]),
        },
        new Abbreviation
        {
            Name = "SumLinOperator",
            Formulas = 2..4,
            Expand = (a, _) =>
            {
                var v = Variable("SumLinOperator", a[1]);
                var left = a.Length > 2 ? a[2] : 1;
                return (a[0].Adjoint(v, left.Dim == 1 ? left.SumT(a[0].Dim) : left) * (a.Length > 3 ? a[3] : 1)).Sum();
            },
        },
        new Abbreviation { Name = "Diff", Formulas = 3..3, Expand = (a, _) => a[0].Differential(Variable("Diff", a[1]), a[2]) },
        // A formula's derivative needs no value kept from before; that of a reduction may, and has the same name.
        new Abbreviation
        {
            Name = "Grad_WithSavedForward", Formulas = 4..4,
            Expand = (a, _) => a[0].Gradient(Variable("Grad_WithSavedForward", a[1]), a[2]),
        },
        new Abbreviation
        {
            Name = "Diff_WithSavedForward", Formulas = 4..4,
            Expand = (a, _) => a[0].Differential(Variable("Diff_WithSavedForward", a[1]), a[2]),
        },
        // Programs compute equal sub-expressions once in any case.
        new Abbreviation { Name = "Factorize", Formulas = 2..2, Expand = (a, _) => a[0] },
        new Abbreviation { Name = "AutoFactorize", Formulas = 1..1, Expand = (a, _) => a[0] },
    ];

    static Abbreviation Of(string name, Func<Formula, Variable, Formula> expand) =>
        new() { Name = name, Formulas = 2..2, Expand = (a, _) => expand(a[0], Variable(name, a[1])) };

    static Variable Variable(string name, Formula formula) =>
        formula.AsVariable ?? throw new FormulaException($"{name} by {Excerpt(formula)}: expected a variable.");

    static string Excerpt(Formula formula) => formula.Size < 20 ? formula.ToString() : $"a formula of {formula.Size} nodes";
}
