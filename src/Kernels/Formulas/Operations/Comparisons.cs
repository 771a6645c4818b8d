using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Comparisons, which give 1 or 0, and the choice by sign.</summary>
static class Comparisons
{
    public static readonly Operation Equal = Make("Equal", null, (b, x, y) => b.Equal(x, y));

    public static readonly Operation NotEqual = Make("NotEqual", null, (b, x, y) => b.Not(b.Equal(x, y)));

    public static readonly Operation LessThan = Make("LessThan", "<", (b, x, y) => b.LessThan(x, y));

    public static readonly Operation LessOrEqual = Make("LessOrEqual", "<=", (b, x, y) => b.LessOrEqual(x, y));

    // x ≥ 0 and not its opposite, so that NaN chooses the second.
    public static readonly Operation IfElse = new()
    {
        Name = "IfElse",
        Arity = 3,
        IsPointWise = true,
        Dim = (a, _) => Broadcasting.Dim("IfElse", a),
        Simplify = (a, _) => a[1].IsZero && a[2].IsZero ? Formula.Zero(Broadcasting.Dim("IfElse", a)) : null,
        Gradient = (f, k, e) =>
        {
            var x = f.Arguments[0];
            var nothing = Formula.Zero(e.Dim);
            return k switch
            {
                0 => Formula.Zero(x.Dim),
                1 => x.IfElse(e, nothing).Fit(f.Arguments[1].Dim),
                _ => x.IfElse(nothing, e).Fit(f.Arguments[2].Dim),
            };
        },
        Lower = (b, _, v) => b.Select(b.LessOrEqual(b.Constant(0), v[0]), v[1], v[2]),
    };

    public static readonly ImmutableArray<FormulaFunction> All = [Equal, NotEqual, LessThan, LessOrEqual, IfElse];

    static Operation Make(string name, string? symbol, Func<ProgramBuilder, Value, Value, Value> mask) => new()
    {
        Name = name,
        Arity = 2,
        IsPointWise = true,
        Infix = symbol is null ? null : new(symbol, Infix.Comparison),
        Dim = (a, _) => Broadcasting.Dim(name, a),
        Gradient = (f, k, _) => Formula.Zero(f.Arguments[k].Dim),
        Lower = (b, _, v) => b.Indicator(mask(b, v[0], v[1])),
    };
}
