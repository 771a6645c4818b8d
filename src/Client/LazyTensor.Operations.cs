using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Operators and functions, named as in the formula language.</summary>
public sealed partial class LazyTensor
{
#pragma warning disable CS1591 // Each is the operation of the same name in docs/formulas.md.
    public static implicit operator LazyTensor(double value) => Pm(value);
    public static implicit operator LazyTensor(int value) => new(Formula.IntCst(value), Empty, null);

    public static LazyTensor operator +(LazyTensor a, LazyTensor b) => a.With(b, (f, g) => f + g);
    public static LazyTensor operator -(LazyTensor a, LazyTensor b) => a.With(b, (f, g) => f - g);
    public static LazyTensor operator *(LazyTensor a, LazyTensor b) => a.With(b, (f, g) => f * g);
    public static LazyTensor operator /(LazyTensor a, LazyTensor b) => a.With(b, (f, g) => f / g);
    public static LazyTensor operator |(LazyTensor a, LazyTensor b) => a.With(b, (f, g) => f | g);
    public static LazyTensor operator -(LazyTensor a) => a.With(f => -f);
    public static LazyTensor operator <(LazyTensor a, LazyTensor b) => a.With(b, (f, g) => f < g);
    public static LazyTensor operator >(LazyTensor a, LazyTensor b) => a.With(b, (f, g) => f > g);
    public static LazyTensor operator <=(LazyTensor a, LazyTensor b) => a.With(b, (f, g) => f <= g);
    public static LazyTensor operator >=(LazyTensor a, LazyTensor b) => a.With(b, (f, g) => f >= g);

    public LazyTensor Exp() => With(f => f.Exp());
    public LazyTensor Log() => With(f => f.Log());
    public LazyTensor Cos() => With(f => f.Cos());
    public LazyTensor Sin() => With(f => f.Sin());
    public LazyTensor Sqrt() => With(f => f.Sqrt());
    public LazyTensor Rsqrt() => With(f => f.Rsqrt());
    public LazyTensor Square() => With(f => f.Square());
    public LazyTensor Inv() => With(f => f.Inv());
    public LazyTensor Abs() => With(f => f.Abs());
    public LazyTensor Sign() => With(f => f.Sign());
    public LazyTensor Step() => With(f => f.Step());
    public LazyTensor ReLU() => With(f => f.ReLU());
    public LazyTensor Pow(int exponent) => With(f => f.Pow(exponent));
    public LazyTensor Pow(LazyTensor exponent) => With(exponent, (f, g) => f.Powf(g));
    public LazyTensor SqNorm2() => With(f => f.SqNorm2());
    public LazyTensor Norm2() => With(f => f.Norm2());
    public LazyTensor Normalize() => With(f => f.Normalize());
    public LazyTensor SqDist(LazyTensor other) => With(other, (f, g) => f.SqDist(g));
    public LazyTensor Concat(LazyTensor other) => With(other, (f, g) => f.Concat(g));
    public LazyTensor Extract(int start, int dim) => With(f => f.Extract(start, dim));
    public LazyTensor Elem(int index) => With(f => f.Extract(index, 1));
    public LazyTensor Clamp(LazyTensor lower, LazyTensor upper) => With(lower, upper, (f, a, b) => f.Clamp(a, b));
    public LazyTensor IfElse(LazyTensor then, LazyTensor otherwise) => With(then, otherwise, (f, a, b) => f.IfElse(a, b));

    /// <summary>The sum of the vector's components.</summary>
    public LazyTensor Sum() => With(f => f.Sum());
#pragma warning restore CS1591

    /// <summary>Any operation of the formula language, by its name there: this tensor is its first argument.</summary>
    /// <exception cref="FormulaException">There is no such operation, or the arguments do not fit.</exception>
    public LazyTensor Apply(string operation, ReadOnlySpan<int> parameters = default, params ReadOnlySpan<LazyTensor> others)
    {
        var function = Kernels.Formulas.Operations.Find(operation) ?? throw new FormulaException($"Unknown operation '{operation}'.");
        var (variables, type) = (Variables, Type);
        var formulas = System.Collections.Immutable.ImmutableArray.Create(Formula);
        foreach (var other in others)
        {
            (variables, type) = (variables.SetItems(other.Variables), Join(type, other.Type));
            formulas = formulas.Add(other.Formula);
        }

        return new LazyTensor(function.Apply(formulas, [.. parameters]), variables, type);
    }

    static System.Collections.Immutable.ImmutableDictionary<int, BoundVariable> Empty =>
        System.Collections.Immutable.ImmutableDictionary<int, BoundVariable>.Empty;

    LazyTensor With(Func<Formula, Formula> function) => new(function(Formula), Variables, Type);

    LazyTensor With(LazyTensor other, Func<Formula, Formula, Formula> function) =>
        new(function(Formula, other.Formula), Variables.SetItems(other.Variables), Join(Type, other.Type));

    LazyTensor With(LazyTensor b, LazyTensor c, Func<Formula, Formula, Formula, Formula> function) => new(
        function(Formula, b.Formula, c.Formula), Variables.SetItems(b.Variables).SetItems(c.Variables), Join(Join(Type, b.Type), c.Type));
}
