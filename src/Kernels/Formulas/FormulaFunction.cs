using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// A name that may be called in a formula string: an <see cref="Operation"/>, which becomes a node of the tree, or an
/// <see cref="Abbreviation"/>, which stands for a formula of other operations.
/// </summary>
public abstract class FormulaFunction
{
    /// <summary>The name in formula strings, such as <c>Exp</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The names of the integer parameters that follow the formulas; a name ending in <c>[]</c> is a list.</summary>
    public ImmutableArray<string> Parameters { get; init; } = [];

    /// <summary>How many of the last parameters may be left out: a number is then 0, a list empty. Default: none.</summary>
    public int OptionalParameters { get; init; }

    /// <summary>The fewest formulas it takes.</summary>
    public abstract int LeastFormulas { get; }

    /// <summary>The most formulas it takes; more than <see cref="LeastFormulas"/> only where there are no parameters.</summary>
    public abstract int MostFormulas { get; }

    /// <summary>How a call looks, for error messages: <c>Elem(f, m)</c>.</summary>
    public string Signature =>
        $"{Name}({string.Join(", ", Enumerable.Range(0, MostFormulas).Select(k => (k < LeastFormulas ? "" : "optional ") + (char)('f' + k))
            .Concat(Parameters.Select((p, k) => (k < Parameters.Length - OptionalParameters ? "" : "optional ") + p)))})";

    /// <summary>The formula that the call stands for.</summary>
    /// <param name="arguments">The formulas.</param>
    /// <param name="parameters">The integer parameters, lists preceded by their length.</param>
    /// <exception cref="FormulaException">Number, dimensions or parameters do not fit.</exception>
    public abstract Formula Apply(ImmutableArray<Formula> arguments, ImmutableArray<int> parameters);

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal Formula Apply(params ReadOnlySpan<Formula> arguments) => Apply([.. arguments], []);

    internal Formula Apply(Formula argument, params ImmutableArray<int> parameters) => Apply([argument], parameters);

    /// <summary>Throws unless numbers of formulas and parameters are those of the signature.</summary>
    internal void Check(ImmutableArray<Formula> arguments, ImmutableArray<int> parameters)
    {
        var at = 0;
        foreach (var name in Parameters)
        {
            var length = at >= parameters.Length || !IsList(name) ? 0 : parameters[at];
            at += length >= 0 && length <= parameters.Length ? 1 + length : parameters.Length + 1;
        }

        if (at != parameters.Length || arguments.Length < LeastFormulas || arguments.Length > MostFormulas)
            throw new FormulaException(
                $"{Name} is called as {Signature}, not with {arguments.Length} formulas and parameters [{string.Join(',', parameters)}].");
    }

    internal static bool IsList(string parameter) => parameter.EndsWith("[]", StringComparison.Ordinal);
}
