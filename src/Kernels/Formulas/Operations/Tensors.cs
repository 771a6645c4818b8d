using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Products of matrices and tensors, all of them row-major; the contraction is the one operation behind them.</summary>
static class Tensors
{
    public static readonly Operation TensorDot = new()
    {
        Name = "TensorDot",
        Arity = 2,
        Parameters = ["dimsa[]", "dimsb[]", "conta[]", "contb[]", "permute[]"],
        OptionalParameters = 1,
        Dim = (a, p) => TensorContraction.Of(a, p).Dim,
        Simplify = (a, p) => a[0].IsZero || a[1].IsZero ? Formula.Zero(TensorContraction.Of(a, p).Dim) : null,
        Gradient = (f, k, e) => TensorContraction.Of(f.Arguments, f.Parameters).Gradient(k, f.Arguments[1 - k], e),
        Lower = (b, f, v) => TensorContraction.Of(f.Arguments, f.Parameters).Lower(b, v[0], v[1]),
    };

    public static readonly Abbreviation MatVecMult = new()
    {
        Name = "MatVecMult",
        Formulas = 2..2,
        Expand = (a, _) =>
        {
            var (n, p) = (Rows("MatVecMult", a[0], a[1]), a[1].Dim);
            return Contract(a[0], a[1], [2, n, p, 1, p, 1, 1, 1, 0, 0]);
        },
    };

    public static readonly Abbreviation VecMatMult = new()
    {
        Name = "VecMatMult",
        Formulas = 2..2,
        Expand = (a, _) =>
        {
            var (n, p) = (Rows("VecMatMult", a[1], a[0]), a[0].Dim);
            return Contract(a[0], a[1], [1, p, 2, p, n, 1, 0, 1, 0, 0]);
        },
    };

    public static readonly Abbreviation TensorProd = new()
    {
        Name = "TensorProd",
        Formulas = 2..2,
        Expand = (a, _) => Contract(a[0], a[1], [1, a[0].Dim, 1, a[1].Dim, 0, 0, 0]),
    };

    public static readonly Abbreviation Kron = new()
    {
        Name = "Kron",
        Formulas = 2..2,
        Parameters = ["dimsa[]", "dimsb[]"],
        Expand = (a, p) =>
        {
            var n = p[0];
            if (p[n + 1] != n) throw new FormulaException($"Kron of tensors with {n} and {p[n + 1]} axes: expected equal numbers.");
            // Axis k of a goes to 2k, axis k of b to 2k + 1; adjacent ones are then one axis of the result.
            var permute = Enumerable.Range(0, 2 * n).Select(k => k < n ? 2 * k : 2 * (k - n) + 1);
            return Contract(a[0], a[1], [.. p, 0, 0, 2 * n, .. permute]);
        },
    };

    public static readonly ImmutableArray<FormulaFunction> All = [TensorDot, MatVecMult, VecMatMult, TensorProd, Kron];

    static Formula Contract(Formula a, Formula b, ImmutableArray<int> parameters) => Formula.Create(TensorDot, [a, b], parameters);

    static int Rows(string name, Formula matrix, Formula vector) =>
        matrix.Dim % vector.Dim == 0
            ? matrix.Dim / vector.Dim
            : throw new FormulaException(
                $"{name} of a matrix of {matrix.Dim} components and a vector of {vector.Dim}: expected a multiple.");
}
