using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Variables and constants, and what can be asked of them.</summary>
public sealed partial class Formula
{
    /// <summary>The variable at a place of the argument list; a negative index is a placeholder that is never given.</summary>
    public static Formula Var(int index, int dim, Category category) => Create(Leaves.Var, [], [index, dim, (int)category]);

    /// <summary>A variable.</summary>
    public static Formula Var(Variable variable) => Var(variable.Index, variable.Dim, variable.Category);

    /// <summary>A variable with one row per i.</summary>
    public static Formula Vi(int index, int dim) => Var(index, dim, Category.I);

    /// <summary>A variable with one row per j.</summary>
    public static Formula Vj(int index, int dim) => Var(index, dim, Category.J);

    /// <summary>A parameter.</summary>
    public static Formula Pm(int index, int dim) => Var(index, dim, Category.Parameter);

    /// <summary>An integer, of dimension 1.</summary>
    public static Formula IntCst(int number) => Create(Leaves.IntCst, [], [number]);

    /// <summary>The quotient of two integers, of dimension 1, exact to double precision.</summary>
    public static Formula RatCst(int numerator, int denominator) => Create(Leaves.RatCst, [], [numerator, denominator]);

    /// <summary>A vector of zeros.</summary>
    public static Formula Zero(int dim) => Create(Leaves.Zero, [], [dim]);

    /// <summary>A vector of ones.</summary>
    internal static Formula One(int dim) => IntCst(1).SumT(dim);

    /// <summary>The basis vector number <paramref name="k"/> of dimension <paramref name="dim"/>.</summary>
    internal static Formula Basis(int dim, int k) => IntCst(1).ElemT(dim, k);

    /// <summary>Whether every component is zero by definition.</summary>
    public bool IsZero => Operation == Leaves.Zero;

    /// <summary>The variable that this formula is, or null when it is anything else.</summary>
    public Variable? AsVariable =>
        Operation == Leaves.Var ? new Variable(Parameters[0], Parameters[1], (Category)Parameters[2]) : null;

    /// <summary>The constant that this formula of dimension 1 is, or null when it is anything else.</summary>
    internal Rational? AsRational =>
        Operation == Leaves.IntCst ? new Rational(Parameters[0], 1)
        : Operation == Leaves.RatCst ? new Rational(Parameters[0], Parameters[1])
        : IsZero && Dim == 1 ? new Rational(0, 1)
        : null;

    internal bool IsNumber(int number) => AsRational is { } r && r.Numerator == number && r.Denominator == 1;

    /// <summary>The distinct variables, by ascending index.</summary>
    /// <exception cref="FormulaException">One index occurs with two dimensions or categories.</exception>
    public ImmutableArray<Variable> Variables()
    {
        var found = new SortedDictionary<int, Variable>();
        foreach (var node in Distinct())
        {
            if (node.AsVariable is not { } variable) continue;
            if (found.TryGetValue(variable.Index, out var other) && other != variable)
                throw new FormulaException($"Variable {variable.Index} occurs as {Var(other)} and as {Var(variable)}: expected one dimension and category.");
            found[variable.Index] = variable;
        }

        return [.. found.Values];
    }

    /// <summary>Whether the variable occurs.</summary>
    public bool DependsOn(Variable variable) => Distinct().Any(n => n.AsVariable == variable);

    /// <summary>The formula with every occurrence of a sub-formula replaced by another of the same dimension.</summary>
    /// <exception cref="FormulaException">The dimensions differ.</exception>
    public Formula Replace(Formula old, Formula replacement)
    {
        if (old.Dim != replacement.Dim)
            throw new FormulaException($"{old} of dimension {old.Dim} can't be replaced by {replacement} of dimension {replacement.Dim}.");
        var replaced = new Dictionary<Formula, Formula> { [old] = replacement };
        foreach (var node in Distinct())
        {
            if (replaced.ContainsKey(node)) continue;
            ImmutableArray<Formula> arguments = [.. node.Arguments.Select(a => replaced[a])];
            var same = arguments.Zip(node.Arguments).All(pair => ReferenceEquals(pair.First, pair.Second));
            replaced[node] = same ? node : Create(node.Operation, arguments, node.Parameters);
        }

        return replaced[this];
    }

    /// <summary>Every distinct sub-formula once, arguments before what uses them, the formula itself last.</summary>
    internal List<Formula> Distinct()
    {
        var order = new List<Formula>();
        var seen = new HashSet<Formula>();
        Visit(this);
        return order;

        void Visit(Formula node)
        {
            if (!seen.Add(node)) return;
            foreach (var argument in node.Arguments) Visit(argument);
            order.Add(node);
        }
    }
}
