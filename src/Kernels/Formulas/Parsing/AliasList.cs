using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>An argument of a call: its variable, and its name unless it has none.</summary>
/// <param name="Name">The name in formulas, or null.</param>
/// <param name="Variable">Position, dimension and category.</param>
public readonly record struct Alias(string? Name, Variable Variable);

/// <summary>
/// The arguments of a call, as KeOps' aliases declare them: <c>x = Vi(3)</c> takes its place in the list as position, <c>x = Vi(1,3)</c>
/// names it; <c>Vi(3)</c>, <c>Vi(1,3)</c> and <c>Var(1,3,0)</c> have no name. Immutable.
/// </summary>
public sealed class AliasList
{
    readonly Dictionary<string, Variable> _byName = new(StringComparer.Ordinal);
    readonly Dictionary<int, Variable> _byPosition = [];

    AliasList(IEnumerable<Alias> aliases)
    {
        Aliases = [.. aliases.OrderBy(a => a.Variable.Index)];
        foreach (var (name, variable) in Aliases)
        {
            if (name is not null && !_byName.TryAdd(name, variable)) throw new FormulaException($"The alias '{name}' is declared twice.");
            if (_byPosition.TryGetValue(variable.Index, out var other))
                throw new FormulaException(
                    $"Position {variable.Index} is declared twice, as {Formula.Var(other)} and as {Formula.Var(variable)}.");
            _byPosition.Add(variable.Index, variable);
        }
    }

    /// <summary>No aliases: formulas name their variables by <c>Var(position,dim,category)</c>.</summary>
    public static AliasList Empty { get; } = new([]);

    /// <summary>The arguments, by position.</summary>
    public ImmutableArray<Alias> Aliases { get; }

    /// <summary>The names, in order of position.</summary>
    public IEnumerable<string> Names => Aliases.Select(a => a.Name).OfType<string>();

    /// <summary>Reads the declarations.</summary>
    /// <exception cref="FormulaException">A declaration can't be read, or a name or position occurs twice.</exception>
    public static AliasList Parse(params IEnumerable<string> declarations) =>
        new(declarations.Select((text, k) => ParseOne(text, k)).ToList());

    /// <summary>The variable of a name, or null.</summary>
    public Variable? Find(string name) => _byName.TryGetValue(name, out var variable) ? variable : null;

    /// <summary>The variable at a position, or null when the position is not declared.</summary>
    public Variable? At(int position) => _byPosition.TryGetValue(position, out var variable) ? variable : null;

    /// <summary>
    /// The arguments of a call of these formulas: the declared ones and, after them, variables that only the formulas name.
    /// </summary>
    /// <exception cref="FormulaException">The formulas use one position in two ways.</exception>
    public ImmutableArray<Alias> ArgumentsFor(params IEnumerable<Formula> formulas)
    {
        var arguments = Aliases.ToDictionary(a => a.Variable.Index);
        foreach (var variable in formulas.SelectMany(f => f.Variables()))
        {
            if (variable.Index < 0) continue;
            if (arguments.TryAdd(variable.Index, new(null, variable))) continue;
            var known = arguments[variable.Index].Variable;
            if (known == variable) continue;
            throw new FormulaException(
                $"Position {variable.Index} is {Formula.Var(known)} and {Formula.Var(variable)}: expected one dimension and category.");
        }

        return [.. arguments.Values.OrderBy(a => a.Variable.Index)];
    }

    static Alias ParseOne(string text, int place)
    {
        var tokens = new Tokenizer(text);
        var first = tokens.Take();
        if (first.Kind != TokenKind.Name) throw tokens.Error($"Found {first}, expected an alias such as 'x = Vi(3)'.", first.Position);
        string? name = null;
        if (tokens.TryTake("="))
        {
            name = first.Text;
            first = tokens.Take();
        }

        var variable = VariableReader.TryRead(tokens, first, place)
            ?? throw tokens.Error($"Found {first}, expected Vi, Vj or Pm with a dimension, such as 'x = Vi(3)'.", first.Position);
        if (variable.Index < 0) throw tokens.Error($"Position {variable.Index}: expected 0 or more.", first.Position);
        tokens.RequireEnd();
        return new Alias(name, variable);
    }
}
