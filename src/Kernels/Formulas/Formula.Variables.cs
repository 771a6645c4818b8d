namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Variables, text and derivative of a formula.</summary>
public sealed partial class Formula
{
    /// <summary>The distinct variables of some formulas, by ascending index.</summary>
    /// <exception cref="FormulaException">One index occurs with two dimensions or categories.</exception>
    public static IReadOnlyList<Variable> VariablesOf(IEnumerable<Formula> formulas)
    {
        var found = new SortedDictionary<int, Variable>();
        var seen = new HashSet<Formula>();
        foreach (var formula in formulas) Visit(formula);
        return [.. found.Values];

        void Visit(Formula formula)
        {
            if (!seen.Add(formula)) return;
            if (formula.AsVariable is { } variable)
            {
                if (!found.TryAdd(variable.Index, variable))
                    throw new FormulaException($"Variable {variable.Index} occurs as {found[variable.Index]} and as {variable}.");
            }

            foreach (var argument in formula.Arguments) Visit(argument);
        }
    }

    /// <summary>The formula with every variable replaced by another formula of its dimension.</summary>
    public Formula Substitute(Func<Variable, Formula> replacement)
    {
        var done = new Dictionary<Formula, Formula>();
        return Visit(this);

        Formula Visit(Formula formula)
        {
            if (done.TryGetValue(formula, out var known)) return known;
            var result = formula.AsVariable is { } variable
                ? replacement(variable)
                : formula.Arguments.IsEmpty ? formula : Create(formula.Operation, [.. formula.Arguments.Select(Visit)], formula.Parameters);
            done.Add(formula, result);
            return result;
        }
    }

    /// <summary>
    /// The formula as text that parses back to an equal one: operations by name, variables as <c>Var(index,dim,category)</c>. The wire format.
    /// </summary>
    public override string ToString()
    {
        var text = new System.Text.StringBuilder();
        Append(this);
        return text.ToString();

        void Append(Formula formula)
        {
            text.Append(formula.Operation.Name).Append('(');
            var first = true;
            foreach (var argument in formula.Arguments)
            {
                if (!first) text.Append(',');
                Append(argument);
                first = false;
            }

            var at = 0;
            foreach (var parameter in formula.Operation.Parameters)
            {
                if (!first) text.Append(',');
                first = false;
                if (!parameter.EndsWith("[]", StringComparison.Ordinal))
                {
                    text.Append(formula.Parameters[at++]);
                    continue;
                }

                var count = formula.Parameters[at++];
                text.Append('[').AppendJoin(',', formula.Parameters.Skip(at).Take(count)).Append(']');
                at += count;
            }

            text.Append(')');
        }
    }

    /// <summary>
    /// Reverse derivative: (∂this/∂variable)ᵀ · cotangent, of the variable's dimension; again a formula. What several places share is
    /// differentiated once.
    /// </summary>
    /// <param name="variable">The variable; zero results when it does not occur.</param>
    /// <param name="cotangent">A formula of this one's dimension.</param>
    /// <exception cref="FormulaException">The dimensions differ, or an operation on the way has no derivative.</exception>
    public Formula Gradient(Variable variable, Formula cotangent)
    {
        if (cotangent.Dim != Dim)
            throw new FormulaException($"The cotangent has dimension {cotangent.Dim}, the formula {Dim}: expected the same.");
        var order = DependentsOf(variable);
        var cotangents = new Dictionary<Formula, Formula> { [this] = cotangent };
        Formula? gradient = null;
        for (var n = order.Count - 1; n >= 0; n--)
        {
            var node = order[n];
            if (!cotangents.TryGetValue(node, out var e) || e.IsZero) continue;
            if (node.AsVariable is not null)
            {
                gradient = e;
                continue;
            }

            for (var k = 0; k < node.Arguments.Length; k++)
            {
                var argument = node.Arguments[k];
                if (!order.Contains(argument)) continue;
                if (node.Operation.Gradient is not { } rule)
                    throw new FormulaException($"{node.Operation.Name} has no derivative.");
                var part = rule(node, k, e);
                cotangents[argument] = cotangents.TryGetValue(argument, out var sum) ? sum + part : part;
            }
        }

        return gradient ?? Zero(variable.Dim);
    }

    /// <summary>The distinct sub-formulas in which a variable occurs, arguments before users.</summary>
    OrderedSet DependentsOf(Variable variable)
    {
        var order = new OrderedSet();
        var depends = new Dictionary<Formula, bool>();
        Visit(this);
        return order;

        bool Visit(Formula formula)
        {
            if (depends.TryGetValue(formula, out var known)) return known;
            var any = formula.AsVariable == variable;
            foreach (var argument in formula.Arguments) any |= Visit(argument);
            depends.Add(formula, any);
            if (any) order.Add(formula);
            return any;
        }
    }

    sealed class OrderedSet
    {
        readonly List<Formula> _order = [];
        readonly HashSet<Formula> _set = [];

        public int Count => _order.Count;

        public Formula this[int n] => _order[n];

        public bool Contains(Formula formula) => _set.Contains(formula);

        public void Add(Formula formula)
        {
            _order.Add(formula);
            _set.Add(formula);
        }
    }
}
