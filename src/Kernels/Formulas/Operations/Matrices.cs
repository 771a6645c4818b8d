using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas.Operations;

/// <summary>Products of matrices and vectors; a matrix is a vector of its rows, one after the other.</summary>
static class Matrices
{
    /// <summary>A·b.</summary>
    public static readonly Operation MatVecMult = new()
    {
        Name = "MatVecMult",
        Arity = 2,
        Dim = (a, _) => Quotient("MatVecMult", a[0].Dim, a[1].Dim),
        Simplify = (a, _) => a[0].IsZero || a[1].IsZero ? Formula.Zero(a[0].Dim / a[1].Dim) : null,
        Gradient = (f, k, e) => k == 0 ? e.TensorProd(f.Arguments[1]) : e.VecMatMult(f.Arguments[0]),
        Lower = (b, f, v) =>
        {
            var columns = v[1].Length;
            Programs.Value[] rows = [.. Enumerable.Range(0, f.Dim).Select(i => b.Sum(b.Multiply(b.Extract(v[0], i * columns, columns), v[1])))];
            return b.Concat(rows);
        },
    };

    /// <summary>bᵀ·A.</summary>
    public static readonly Operation VecMatMult = new()
    {
        Name = "VecMatMult",
        Arity = 2,
        Dim = (a, _) => Quotient("VecMatMult", a[1].Dim, a[0].Dim),
        Simplify = (a, _) => a[0].IsZero || a[1].IsZero ? Formula.Zero(a[1].Dim / a[0].Dim) : null,
        Gradient = (f, k, e) => k == 0 ? f.Arguments[1].MatVecMult(e) : f.Arguments[0].TensorProd(e),
        Lower = (b, f, v) =>
        {
            var rows = v[0].Length;
            Programs.Value[] columns =
            [
                .. Enumerable.Range(0, f.Dim).Select(i => b.Sum(b.Multiply(v[0], b.Gather(v[1], [.. Enumerable.Range(0, rows).Select(k => k * f.Dim + i)])))),
            ];
            return b.Concat(columns);
        },
    };

    /// <summary>a·bᵀ.</summary>
    public static readonly Operation TensorProd = new()
    {
        Name = "TensorProd",
        Arity = 2,
        Dim = (a, _) => checked(a[0].Dim * a[1].Dim),
        Simplify = (a, _) => a[0].IsZero || a[1].IsZero ? Formula.Zero(a[0].Dim * a[1].Dim) : null,
        Gradient = (f, k, e) => k == 0 ? e.MatVecMult(f.Arguments[1]) : f.Arguments[0].VecMatMult(e),
        Lower = (b, f, v) =>
        {
            var columns = v[1].Length;
            var all = Enumerable.Range(0, f.Dim).ToArray();
            return b.Multiply(
                b.Gather(v[0], [.. all.Select(k => k / columns)]), b.Gather(v[1], [.. all.Select(k => k % columns)]));
        },
    };

    public static readonly ImmutableArray<Operation> All = [MatVecMult, VecMatMult, TensorProd];

    static int Quotient(string name, int matrix, int vector) => matrix % vector == 0
        ? matrix / vector
        : throw new FormulaException($"{name} of a matrix of {matrix} and a vector of {vector} components: {matrix} is no multiple of {vector}.");
}
