using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Operations that move, repeat or add up components.</summary>
static class Vectors
{
    public static readonly Operation Sum = new()
    {
        Name = "Sum",
        Arity = 1,
        Dim = (_, _) => 1,
        Simplify = (a, _) => SimplifySum(a[0]),
        Gradient = (f, _, e) => e.SumT(f.Arguments[0].Dim),
        Lower = (b, _, v) => b.Sum(v[0]),
    };

    public static readonly Operation SumT = new()
    {
        Name = "SumT",
        Arity = 1,
        Parameters = ["dim"],
        Dim = (a, p) => a[0].Dim == 1 ? p[0] : throw new FormulaException($"SumT of dimension {a[0].Dim}: expected 1."),
        Simplify = (a, p) => p[0] == 1 ? a[0] : a[0].IsZero ? Formula.Zero(p[0]) : null,
        Gradient = (_, _, e) => e.Sum(),
        Lower = (b, f, v) => b.Broadcast(v[0], f.Dim),
    };

    public static readonly Operation Concat = new()
    {
        Name = "Concat",
        Arity = 2,
        Dim = (a, _) => (int)Math.Min((long)a[0].Dim + a[1].Dim, int.MaxValue),
        Simplify = (a, _) => a[0].IsZero && a[1].IsZero ? Formula.Zero(a[0].Dim + a[1].Dim) : null,
        Gradient = (f, k, e) => e.Extract(k == 0 ? 0 : f.Arguments[0].Dim, f.Arguments[k].Dim),
        Lower = (b, _, v) => b.Concat(v[0], v[1]),
    };

    public static readonly Operation Extract = new()
    {
        Name = "Extract",
        Arity = 1,
        Parameters = ["start", "dim"],
        Dim = (a, p) => Inside("Extract", a[0].Dim, p[0], p[1]),
        Simplify = (a, p) => SimplifyExtract(a[0], p[0], p[1]),
        Gradient = (f, _, e) => e.ExtractT(f.Parameters[0], f.Arguments[0].Dim),
        Lower = (b, f, v) => b.Extract(v[0], f.Parameters[0], f.Dim),
    };

    public static readonly Operation ExtractT = new()
    {
        Name = "ExtractT",
        Arity = 1,
        Parameters = ["start", "dim"],
        Dim = (a, p) =>
        {
            Inside("ExtractT", p[1], p[0], a[0].Dim);
            return p[1];
        },
        Simplify = (a, p) => a[0].Dim == p[1] ? a[0] : a[0].IsZero ? Formula.Zero(p[1]) : null,
        Gradient = (f, _, e) => e.Extract(f.Parameters[0], f.Arguments[0].Dim),
        Lower = (b, f, v) =>
        {
            var (before, after) = (f.Parameters[0], f.Dim - f.Parameters[0] - v[0].Length);
            var zero = b.Constant(0);
            return before == 0 ? b.Concat(v[0], b.Broadcast(zero, after))
                : after == 0 ? b.Concat(b.Broadcast(zero, before), v[0])
                : b.Concat(b.Broadcast(zero, before), v[0], b.Broadcast(zero, after));
        },
    };

    public static readonly Abbreviation Elem = new()
    {
        Name = "Elem",
        Formulas = 1..1,
        Parameters = ["m"],
        Expand = (a, p) =>
        {
            Inside("Elem", a[0].Dim, p[0], 1);
            return a[0].Extract(p[0], 1);
        },
    };

    public static readonly Abbreviation ElemT = new()
    {
        Name = "ElemT",
        Formulas = 1..1,
        Parameters = ["dim", "m"],
        Expand = (a, p) => a[0].Dim == 1
            ? a[0].ExtractT(p[1], p[0])
            : throw new FormulaException($"ElemT of dimension {a[0].Dim}: expected 1."),
    };

    public static readonly ImmutableArray<FormulaFunction> All = [Sum, SumT, Concat, Extract, ExtractT, Elem, ElemT];

    static int Inside(string name, int dim, int start, int length) =>
        start >= 0 && length >= 1 && (long)start + length <= dim
            ? length
            : throw new FormulaException(
                $"{name} of {length} components from {start} on: expected a part of the components 0 to {dim - 1}.");

    static Formula? SimplifySum(Formula f)
    {
        if (f.Dim == 1) return f;
        if (f.IsZero) return Formula.Zero(1);
        if (f.Operation == SumT) return f.Dim * f.Arguments[0];
        if (f.Operation == Powers.Square) return f.Arguments[0].SqNorm2();
        if (f.Operation == Arithmetic.Minus) return -f.Arguments[0].Sum();
        if (f.Operation == ExtractT) return f.Arguments[0].Sum();
        if (f.Operation != Arithmetic.Mult) return null;
        var (a, b) = (f.Arguments[0], f.Arguments[1]);
        return a.Dim == 1 ? a * b.Sum() : b.Dim == 1 ? b * a.Sum() : a | b;
    }

    static Formula? SimplifyExtract(Formula f, int start, int dim)
    {
        if (dim == f.Dim) return f;
        if (f.IsZero) return Formula.Zero(dim);
        if (f.Operation == SumT) return f.Arguments[0].SumT(dim);
        if (f.Operation == Extract) return f.Arguments[0].Extract(f.Parameters[0] + start, dim);
        if (f.Operation == ExtractT)
        {
            var offset = start - f.Parameters[0];
            var inner = f.Arguments[0];
            if (offset >= 0 && offset + dim <= inner.Dim) return inner.Extract(offset, dim);
            if (offset >= inner.Dim || offset + dim <= 0) return Formula.Zero(dim);
        }

        if (f.Operation == Concat)
        {
            var first = f.Arguments[0];
            if (start + dim <= first.Dim) return first.Extract(start, dim);
            if (start >= first.Dim) return f.Arguments[1].Extract(start - first.Dim, dim);
        }

        return null;
    }
}
