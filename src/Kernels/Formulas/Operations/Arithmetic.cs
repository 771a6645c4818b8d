using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Sums, products, quotients; point-wise, so dimensions are equal or 1.</summary>
static class Arithmetic
{
    public static readonly Operation Add = new()
    {
        Name = "Add",
        Arity = 2,
        Infix = new("+", Infix.Sum),
        IsPointWise = true,
        Dim = (a, _) => Broadcasting.Dim("Add", a),
        Simplify = (a, _) => SimplifyAdd(a[0], a[1]),
        Gradient = (f, k, e) => e.Fit(f.Arguments[k].Dim),
        Lower = (b, _, v) => b.Add(v[0], v[1]),
    };

    public static readonly Operation Subtract = new()
    {
        Name = "Subtract",
        Arity = 2,
        Infix = new("-", Infix.Sum),
        IsPointWise = true,
        Dim = (a, _) => Broadcasting.Dim("Subtract", a),
        Simplify = (a, _) => SimplifySubtract(a[0], a[1]),
        Gradient = (f, k, e) => (k == 0 ? e : -e).Fit(f.Arguments[k].Dim),
        Lower = (b, _, v) => b.Subtract(v[0], v[1]),
    };

    public static readonly Operation Mult = new()
    {
        Name = "Mult",
        Arity = 2,
        Infix = new("*", Infix.Product),
        IsPointWise = true,
        Dim = (a, _) => Broadcasting.Dim("Mult", a),
        Simplify = (a, _) => SimplifyMult(a[0], a[1]),
        Gradient = (f, k, e) => (f.Arguments[1 - k] * e).Fit(f.Arguments[k].Dim),
        Lower = (b, _, v) => b.Multiply(v[0], v[1]),
    };

    public static readonly Operation Divide = new()
    {
        Name = "Divide",
        Arity = 2,
        Infix = new("/", Infix.Product),
        IsPointWise = true,
        Dim = (a, _) => a[1].IsZero ? throw new FormulaException("Division by zero.") : Broadcasting.Dim("Divide", a),
        Simplify = (a, _) => SimplifyDivide(a[0], a[1]),
        Gradient = (f, k, e) => (k == 0 ? e / f.Arguments[1] : -(f * e / f.Arguments[1])).Fit(f.Arguments[k].Dim),
        Lower = (b, _, v) => b.Divide(v[0], v[1]),
    };

    public static readonly Operation Minus = new()
    {
        Name = "Minus",
        Arity = 1,
        Infix = new("-", Infix.Sign),
        IsPointWise = true,
        Dim = (a, _) => a[0].Dim,
        Simplify = (a, _) => SimplifyMinus(a[0]),
        Gradient = (_, _, e) => -e,
        Lower = (b, _, v) => b.Negate(v[0]),
    };

    public static readonly ImmutableArray<FormulaFunction> All = [Add, Subtract, Mult, Divide, Minus];

    static Formula? SimplifyAdd(Formula a, Formula b)
    {
        if (a.IsZero) return b.Fit(Math.Max(a.Dim, b.Dim));
        if (b.IsZero) return a.Fit(Math.Max(a.Dim, b.Dim));
        if (a.AsRational is { } p && b.AsRational is { } q && (p + q).ToFormula() is { } sum) return sum;
        if (a.Equals(b)) return 2 * a;
        if (b.Operation == Minus) return a - b.Arguments[0];
        if (a.Operation == Minus) return b - a.Arguments[0];
        return Unrepeated(a, b) is var (x, y) ? x + y : null;
    }

    static Formula? SimplifySubtract(Formula a, Formula b)
    {
        if (b.IsZero) return a.Fit(Math.Max(a.Dim, b.Dim));
        if (a.IsZero) return (-b).Fit(Math.Max(a.Dim, b.Dim));
        if (a.AsRational is { } p && b.AsRational is { } q && (p - q).ToFormula() is { } difference) return difference;
        if (a.Equals(b)) return Formula.Zero(a.Dim);
        if (b.Operation == Minus) return a + b.Arguments[0];
        return Unrepeated(a, b) is var (x, y) ? x - y : null;
    }

    static Formula? SimplifyMult(Formula a, Formula b)
    {
        if (a.IsZero || b.IsZero) return Formula.Zero(Math.Max(a.Dim, b.Dim));
        if (a.AsRational is { } p)
        {
            if (b.AsRational is { } q && (p * q).ToFormula() is { } product) return product;
            if (a.IsNumber(1)) return b;
            if (a.IsNumber(-1)) return -b;
            if (b.Operation == Minus && (-p).ToFormula() is { } negated) return negated * b.Arguments[0];
            if (b.Operation == Mult && b.Arguments[0].AsRational is { } r && (p * r).ToFormula() is { } both) return both * b.Arguments[1];
        }
        else if (b.AsRational is not null)
        {
            // Constants come first, so that they meet.
            return b * a;
        }

        if (a.Equals(b)) return a.Square();
        if (a.Operation == Minus && b.Operation == Minus) return a.Arguments[0] * b.Arguments[0];
        return Unrepeated(a, b) is var (x, y) ? x * y : null;
    }

    static Formula? SimplifyDivide(Formula a, Formula b)
    {
        if (a.IsZero) return Formula.Zero(Math.Max(a.Dim, b.Dim));
        if (b.AsRational is { } q)
        {
            if (a.AsRational is { } p && (p / q).ToFormula() is { } quotient) return quotient;
            if (b.IsNumber(1)) return a;
            if (b.IsNumber(-1)) return -a;
        }

        if (a.IsNumber(1)) return b.Inv();
        return Unrepeated(a, b) is var (x, y) ? x / y : null;
    }

    static Formula? SimplifyMinus(Formula a)
    {
        if (a.IsZero) return a;
        if (a.AsRational is { } p && (-p).ToFormula() is { } negated) return negated;
        if (a.Operation == Minus) return a.Arguments[0];
        // a − b and b − a round alike.
        if (a.Operation == Subtract) return a.Arguments[1] - a.Arguments[0];
        if (a.Operation == Mult && a.Arguments[0].AsRational is { } r && (-r).ToFormula() is { } factor) return factor * a.Arguments[1];
        return null;
    }

    /// <summary>The operands without repetitions that the operation makes itself; null when there are none.</summary>
    static (Formula A, Formula B)? Unrepeated(Formula a, Formula b)
    {
        var x = a.Unrepeated(b);
        var y = ReferenceEquals(x, a) ? b.Unrepeated(a) : b;
        return ReferenceEquals(x, a) && ReferenceEquals(y, b) ? null : (x, y);
    }
}
