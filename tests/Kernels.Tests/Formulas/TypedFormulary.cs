using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Tests.Formulas;

/// <summary>
/// Random formulas of every operation whose dimensions fit and whose numbers stay where the operation is defined: each comes with bounds of
/// its components, and what would leave a domain is first brought back.
/// </summary>
sealed class TypedFormulary(Random random)
{
    /// <summary>A formula, and what its components lie between.</summary>
    readonly record struct Bounded(Formula Formula, double Low, double High)
    {
        public int Dim => Formula.Dim;

        public double Size => Math.Max(Math.Abs(Low), Math.Abs(High));
    }

    static readonly ImmutableArray<Formula> Variables = [Formula.Vi(0, 3), Formula.Vj(1, 3), Formula.Pm(2, 1), Formula.Vj(3, 1),
        Formula.Vi(4, 6), Formula.Pm(5, 2)];

    /// <summary>A formula of at most this many levels of calls; data are between −1 and 1.</summary>
    public Formula Next(int depth) => Make(depth, random.Next(4) switch { 0 => 1, 1 => 2, 2 => 3, _ => 6 }).Formula;

    /// <summary>One of a dimension.</summary>
    Bounded Make(int depth, int dim)
    {
        if (depth <= 0 || random.Next(8) == 0) return Leaf(dim);
        var made = random.Next(10) switch
        {
            < 3 => PointWise(depth - 1, dim),
            < 6 => Pair(depth - 1, dim),
            < 7 => Flat(depth - 1, dim),
            _ => dim == 1 ? Scalar(depth - 1) : Vector(depth - 1, dim),
        };
        // Large numbers and exact zeros spoil what is made of them.
        return made.Size <= 50 ? made : Within(made, 2);
    }

    Bounded Leaf(int dim)
    {
        var fitting = Variables.Where(v => v.Dim == dim).ToArray();
        if (random.Next(6) == 0 || fitting.Length == 0)
        {
            var (p, q) = (random.Next(1, 6), random.Next(1, 5));
            return new(Formula.RatCst(p, q).SumT(dim), (double)p / q, (double)p / q);
        }

        return new(fitting[random.Next(fitting.Length)], -1, 1);
    }

    Bounded PointWise(int depth, int dim)
    {
        var a = Make(depth, dim);
        var f = a.Formula;
        switch (random.Next(20))
        {
            case 0: return new(-f, -a.High, -a.Low);
            case 1: return new(f.Sin(), -1, 1);
            case 2: return new(f.Cos(), -1, 1);
            case 3: return new(f.Atan(), -1.6, 1.6);
            case 4: return new(f.Square(), 0, a.Size * a.Size);
            case 5: return new(f.Abs(), 0, a.Size);
            case 6: return new(f.ReLU(), 0, Math.Max(0, a.High));
            case 7: return new(f.SinXDivX(), -0.3, 1);
            case 8: a = Within(a, 3); return new(a.Formula.Exp(), Math.Exp(a.Low), Math.Exp(a.High));
            case 9: a = Positive(a); return new(a.Formula.Log(), Math.Log(a.Low), Math.Log(a.High));
            case 10: a = Positive(a); return new(a.Formula.Sqrt(), Math.Sqrt(a.Low), Math.Sqrt(a.High));
            case 11: a = Positive(a); return new(a.Formula.Rsqrt(), 1 / Math.Sqrt(a.High), 1 / Math.Sqrt(a.Low));
            case 12: a = Positive(a); return new(a.Formula.Inv(), 1 / a.High, 1 / a.Low);
            case 13: a = Positive(a); return new(a.Formula.XLogX(), -0.4, a.High * Math.Max(0, Math.Log(a.High)));
            case 14: a = Within(a, 0.9); return new(a.Formula.Asin(), -1.2, 1.2);
            case 15: a = Within(a, 0.9); return new(a.Formula.Acos(), 0.4, 2.8);
            case 16: a = Within(a, 2); return new(a.Formula.Pow(3), -8, 8);
            case 17: a = Positive(a); return new(a.Formula.Pow(-2), 0, 1 / (a.Low * a.Low));
            case 18: return new(f.Clamp(-1, 2), -1, 2);
            default: return new(Operations.Find("DiffClampInt")!.Apply([f], [-1, 1]) + 1, 1, 2);
        }
    }

    Bounded Pair(int depth, int dim)
    {
        // One of the two may be repeated.
        var a = Make(depth, random.Next(4) == 0 ? 1 : dim);
        var b = Make(depth, a.Dim == dim && random.Next(4) == 0 ? 1 : dim);
        var (f, g) = (a.Formula, b.Formula);
        switch (random.Next(9))
        {
            case 0: return new(f + g, a.Low + b.Low, a.High + b.High);
            case 1: return new(f - g, a.Low - b.High, a.High - b.Low);
            case 2: case 3: return new(f * g, -a.Size * b.Size, a.Size * b.Size);
            case 4: b = Positive(b); return new(f / b.Formula, -a.Size / b.Low, a.Size / b.Low);
            case 5: (a, b) = (Positive(Within(a, 3)), Within(b, 2)); return new(a.Formula.Powf(b.Formula), 0,
                Math.Exp(2 * Math.Max(Math.Abs(Math.Log(a.Low)), Math.Log(a.High))));
            case 6: b = Positive(b); return new(f.Atan2(b.Formula), -1.6, 1.6);
            case 7:
                var c = Make(depth, 1);
                return new(c.Formula.IfElse(f, g), Math.Min(a.Low, b.Low), Math.Max(a.High, b.High));
            default:
                return random.Next(2) == 0
                    ? new(f.Clamp(g, g + 1), Math.Min(a.Low, b.Low), Math.Max(a.High, b.High + 1))
                    : new(f.Mod(Positive(b).Formula, 0), 0, Positive(b).High);
        }
    }

    /// <summary>What is constant in pieces, with something that is not.</summary>
    Bounded Flat(int depth, int dim)
    {
        var (a, b) = (Make(depth, dim), Make(depth, dim));
        var (f, g) = (a.Formula, b.Formula);
        var step = random.Next(9) switch
        {
            0 => f.Sign(), 1 => f.Step(), 2 => f < g, 3 => f <= g, 4 => f.Sin().Floor(), 5 => f.Cos().Round(random.Next(3)),
            6 => f.EqualTo(g), 7 => Operations.Find("NotEqual")!.Apply([f, g], []), _
                => f.ArgMax().OneHot(dim) + (dim > 1 ? g.ArgMin().OneHot(dim) : f.ArgMin()),
        };
        return new((step + Formula.RatCst(1, 3)) * g, -2.4 * b.Size, 2.4 * b.Size);
    }

    Bounded Scalar(int depth)
    {
        var d = random.Next(2, 4);
        var (a, b) = (Make(depth, d), Make(depth, d));
        var (f, g) = (a.Formula, b.Formula);
        var squares = d * a.Size * a.Size;
        switch (random.Next(15))
        {
            case 0: return new(f.Sum(), d * a.Low, d * a.High);
            case 1: return new(f | g, -d * a.Size * b.Size, d * a.Size * b.Size);
            case 2: return new(f.SqNorm2(), 0, squares);
            case 3: return new(f.Norm2(), 0, Math.Sqrt(squares));
            case 4: return new(f.SqDist(g), 0, d * Math.Pow(a.Size + b.Size, 2));
            case 5: return new(f.Max(), a.Low, a.High);
            case 6: return new(f.Min(), a.Low, a.High);
            case 7: return new(f.WeightedSqNorm(g), -b.Size * squares, b.Size * squares);
            case 8: return new(f.WeightedSqNorm(f.TensorProd(g)), -a.Size * b.Size * d * squares, a.Size * b.Size * d * squares);
            case 9: return new(f.WeightedSqDist(g, Make(depth, 1).Formula.Sin()), -d * Math.Pow(a.Size + b.Size, 2),
                d * Math.Pow(a.Size + b.Size, 2));
            case 10: return new(f.Elem(random.Next(d)), a.Low, a.High);
            case 11:
                (a, b) = (Within(a, 1), Within(b, 1));
                return new(Operations.Find("SoftDTW_SqDist")!.Apply([a.Formula, b.Formula, Positive(Make(0, 1)).Formula], []), -6, 24);
            case 12: return new(Operations.Find("ComplexAbs")!.Apply([Make(depth, 2).Formula.Atan()], []), 0, 2.3);
            case 13: return new(Operations.Find("ComplexAngle")!.Apply([Positive(Make(depth, 2)).Formula], []), 0, 1.6);
            default: return new(Operations.Find("ComplexSquareAbs")!.Apply([Make(depth, 2).Formula.Sin()], []), 0, 2);
        }
    }

    Bounded Vector(int depth, int dim)
    {
        var a = Make(depth, 3);
        var f = a.Formula;
        switch (random.Next(8))
        {
            case 0:
                var b = Make(depth, dim);
                return new(Operations.Find("Normalize")!.Apply([b.Formula + 3], []), -1, 1);
            case 1:
                var (first, rest) = (Make(depth, 1), Make(depth, dim - 1 is 1 or 2 ? dim - 1 : 3));
                var both = new Bounded(first.Formula.Concat(rest.Formula), Math.Min(first.Low, rest.Low), Math.Max(first.High, rest.High));
                return Fit(both, dim);
            case 2:
                var matrix = Make(depth, 6);
                return Fit(new(matrix.Formula.MatVecMult(f), -3 * matrix.Size * a.Size, 3 * matrix.Size * a.Size), dim);
            case 3:
                var right = Make(depth, 6);
                return Fit(new(f.VecMatMult(right.Formula), -3 * right.Size * a.Size, 3 * right.Size * a.Size), dim);
            case 4:
                var c = Make(depth, 2);
                var product = random.Next(3) switch
                {
                    0 => f.TensorProd(c.Formula),
                    1 => Operations.Find("Kron")!.Apply([f, c.Formula], [2, 3, 1, 2, 1, 2]),
                    _ => Operations.Find("TensorDot")!.Apply([f, c.Formula], [1, 3, 1, 2, 0, 0, 2, 1, 0]),
                };
                return Fit(new(product, -a.Size * c.Size, a.Size * c.Size), dim);
            case 5:
                var t = Within(Make(depth, 1), 1);
                var knots = Make(0, 6).Formula.Sin() / 4 + Enumerable.Range(0, 5).Aggregate(Formula.IntCst(-2), (k, n) => k.Concat(n - 1));
                return Fit(new(Operations.Find("BSpline")!.Apply([knots, t.Formula], [2]), 0, 1), dim);
            case 6:
                var (z, w) = (Within(Make(depth, 6), 2), Within(Make(depth, 6), 2));
                return Fit(Complex(z.Formula, w.Formula), dim);
            default:
                return random.Next(2) == 0 ? new(Make(depth, 1).Formula.Sin().SumT(dim), -1, 1)
                    : new(Make(depth, 1).Formula.Cos().ElemT(dim, random.Next(dim)), -1, 1);
        }
    }

    Bounded Complex(Formula z, Formula w)
    {
        Bounded Call(string name, double size, params ImmutableArray<Formula> arguments)
            => new(Operations.Find(name)!.Apply(arguments, []), -size, size);
        return random.Next(10) switch
        {
            0 => Call("ComplexMult", 8, z, w),
            1 => Call("ComplexDivide", 8, z, w + 3),
            2 => Call("ComplexAdd", 4, z, w),
            3 => Call("ComplexSubtract", 4, z, w),
            4 => Call("ComplexExp", 8, z),
            5 => Call("Conj", 2, z),
            6 => Call("ComplexExp1j", 1, Operations.Find("ComplexReal")!.Apply([z], [])),
            7 => Call("Real2Complex", 2, Operations.Find("ComplexImag")!.Apply([z], [])),
            8 => Call("ComplexRealScal", 4, Formula.Pm(2, 1), z),
            _ => new(Operations.Find("ComplexSumT")!.Apply([Operations.Find("ComplexSum")!.Apply([z], [])], [6]), -6, 6),
        };
    }

    /// <summary>Cut or filled with zeros to a dimension.</summary>
    Bounded Fit(Bounded a, int dim) => a.Dim == dim ? a
        : a.Dim > dim ? a with { Formula = a.Formula.Extract(random.Next(a.Dim - dim + 1), dim) }
        : new(a.Formula.ExtractT(random.Next(dim - a.Dim + 1), dim), Math.Min(0, a.Low), Math.Max(0, a.High));

    static Bounded Within(Bounded a, double size) =>
        a.Size <= size ? a : new(a.Formula.Sin() * Formula.RatCst((int)(size * 10), 10), -size, size);

    /// <summary>Above a quarter.</summary>
    static Bounded Positive(Bounded a) =>
        a.Low >= 0.25 && a.High < 50 ? a : new(Formula.RatCst(5, 4) + a.Formula.Sin(), 0.25, 2.25);
}
