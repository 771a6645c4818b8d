using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Oracle;

/// <summary>Gives the row of a variable at the pair (i, j) under evaluation.</summary>
public delegate ReadOnlySpan<double> RowSource(Variable variable);

/// <summary>
/// What a formula is worth at one pair, by walking its tree in double precision: slow, and plain enough to be checked by reading.
/// It knows nothing of programs or emitters, so that an error there can't hide here. The tables also state the names that the parser
/// replaces by formulas of other operations, so that they hold wherever that line is drawn. Safe to share between threads.
/// </summary>
public static class FormulaOracle
{
    /// <summary>The operation whose value is a row of data.</summary>
    internal const string VariableName = "Var";

    static readonly Dictionary<string, PointRule> Rules = new(
        UnaryRules.All.Concat(BinaryRules.All).Concat(VectorRules.All).Concat(TensorRules.All).Concat(ComplexRules.All)
            .Concat(SpecialRules.All),
        StringComparer.Ordinal);

    /// <summary>Whether the oracle has a rule for the operation of this name.</summary>
    public static bool Knows(string operation) => operation == VariableName || Rules.ContainsKey(operation);

    /// <summary>The variables of a formula, each once, in the order of their indices.</summary>
    public static IReadOnlyList<Variable> Variables(Formula formula)
    {
        var seen = new HashSet<Formula>(ReferenceEqualityComparer.Instance);
        var found = new HashSet<Variable>();
        Collect(formula, seen, found);
        return [.. found.OrderBy(v => v.Index)];
    }

    /// <summary>The value of the formula at one pair: <see cref="Formula.Dim"/> numbers.</summary>
    /// <exception cref="KeopsException">The oracle has no rule for an operation, or a row has the wrong length.</exception>
    public static double[] Evaluate(Formula formula, RowSource rows) =>
        Evaluate(formula, rows, exact => exact);

    /// <summary>The same where every number on the way, of data or computed, passes through <paramref name="round"/>.</summary>
    public static double[] Evaluate(Formula formula, RowSource rows, Func<double, double> round) =>
        Evaluate(formula, rows, round, new Dictionary<Formula, double[]>(ReferenceEqualityComparer.Instance));

    // Derivatives share sub-trees many times over; without the memory a second derivative would take exponential time.
    static double[] Evaluate(Formula formula, RowSource rows, Func<double, double> round, Dictionary<Formula, double[]> known)
    {
        if (known.TryGetValue(formula, out var value)) return value;
        if (formula.Operation.Name == VariableName)
        {
            value = rows(AsVariable(formula)).ToArray();
        }
        else
        {
            if (!Rules.TryGetValue(formula.Operation.Name, out var rule))
                throw new KeopsException($"The oracle has no rule for the operation {formula.Operation.Name}.");
            value = rule(formula, [.. formula.Arguments.Select(argument => Evaluate(argument, rows, round, known))]);
        }
        if (value.Length != formula.Dim)
            throw new KeopsException($"{formula.Operation.Name} gave {value.Length} numbers where its dimension is {formula.Dim}.");
        return known[formula] = [.. value.Select(round)];
    }

    static Variable AsVariable(Formula formula) => new(formula.Parameters[0], formula.Parameters[1], (Category)formula.Parameters[2]);

    static void Collect(Formula formula, HashSet<Formula> seen, HashSet<Variable> found)
    {
        if (!seen.Add(formula)) return;
        if (formula.Operation.Name == VariableName) found.Add(AsVariable(formula));
        foreach (var argument in formula.Arguments) Collect(argument, seen, found);
    }
}
