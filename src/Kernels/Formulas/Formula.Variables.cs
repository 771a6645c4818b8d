using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>The variables and other parts of a formula.</summary>
public sealed partial class Formula
{
    /// <summary>The distinct variables, by ascending index.</summary>
    /// <exception cref="FormulaException">One index occurs with two dimensions or categories.</exception>
    public ImmutableArray<Variable> Variables() => VariablesOf([this]);

    /// <summary>The distinct variables of several formulas, by ascending index.</summary>
    /// <exception cref="FormulaException">One index occurs with two dimensions or categories.</exception>
    public static ImmutableArray<Variable> VariablesOf(params IEnumerable<Formula> formulas)
    {
        var found = new SortedDictionary<int, Variable>();
        foreach (var node in formulas.SelectMany(f => f.Distinct()))
        {
            if (node.AsVariable is not { } variable) continue;
            if (found.TryGetValue(variable.Index, out var other) && other != variable)
                throw new FormulaException(
                    $"Variable {variable.Index} occurs as {Var(other)} and as {Var(variable)}: expected one dimension and category.");
            found[variable.Index] = variable;
        }

        return [.. found.Values];
    }

    /// <summary>Whether the variable occurs.</summary>
    public bool DependsOn(Variable variable) => Distinct().Any(n => n.AsVariable == variable);

    /// <summary>
    /// Whether component k of the formula depends on component k of the variable alone, as its tree shows: the variable goes through
    /// point-wise operations only, in its own dimension. A formula of dimension 1 and a variable of dimension 1 have no other choice.
    /// </summary>
    public bool IsPointWiseIn(Variable variable)
    {
        if (Dim != variable.Dim) return false;
        if (Dim == 1) return true;
        var depending = new HashSet<Formula>();
        foreach (var node in Distinct())
        {
            if (node.AsVariable != variable && !node.Arguments.Any(depending.Contains)) continue;
            if (node.Dim != Dim || (node.AsVariable is null && !node.Operation.IsPointWise)) return false;
            depending.Add(node);
        }

        return true;
    }

    /// <summary>The formula with every occurrence of a sub-formula replaced by another of the same dimension.</summary>
    /// <exception cref="FormulaException">The dimensions differ.</exception>
    public Formula Replace(Formula old, Formula replacement) => Map(node => node.Equals(old) ? replacement : null);

    /// <summary>The formula with every variable replaced by another formula of its dimension.</summary>
    /// <exception cref="FormulaException">The dimensions differ.</exception>
    public Formula Substitute(Func<Variable, Formula> replacement) => Map(node => node.AsVariable is { } v ? replacement(v) : null);

    /// <summary>Component <paramref name="k"/>, computed without the others: point-wise operations are applied to components.</summary>
    internal Formula Component(int k)
    {
        var components = new Dictionary<Formula, Formula>();
        return Visit(this);

        Formula Visit(Formula node)
        {
            if (node.Dim == 1) return node;
            if (components.TryGetValue(node, out var known)) return known;
            return components[node] = node.Operation.IsPointWise
                ? Create(node.Operation, [.. node.Arguments.Select(Visit)], node.Parameters)
                : node.Elem(k);
        }
    }

    Formula Map(Func<Formula, Formula?> replacement)
    {
        var mapped = new Dictionary<Formula, Formula>();
        foreach (var node in Distinct())
        {
            ImmutableArray<Formula> arguments = [.. node.Arguments.Select(a => mapped[a])];
            var same = arguments.Zip(node.Arguments).All(pair => ReferenceEquals(pair.First, pair.Second));
            var result = replacement(node) ?? (same ? node : Create(node.Operation, arguments, node.Parameters));
            if (result.Dim != node.Dim)
                throw new FormulaException($"{node} of dimension {node.Dim} can't be replaced by {result} of dimension {result.Dim}.");
            mapped[node] = result;
        }

        return mapped[this];
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
