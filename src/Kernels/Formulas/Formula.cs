using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// A symbolic formula F(p, x_i, y_j): an immutable tree with a known dimension. Two formulas are equal when their trees are.
/// Safe to share between threads.
/// </summary>
public sealed partial class Formula : IEquatable<Formula>
{
    readonly int _hash;

    Formula(Operation operation, ImmutableArray<Formula> arguments, ImmutableArray<int> parameters, int dim)
    {
        Operation = operation;
        Arguments = arguments;
        Parameters = parameters;
        Dim = dim;
        Depth = 1 + arguments.Aggregate(0, (d, a) => Math.Max(d, a.Depth));
        var hash = new HashCode();
        hash.Add(operation.Name);
        foreach (var parameter in parameters) hash.Add(parameter);
        foreach (var argument in arguments) hash.Add(argument._hash);
        _hash = hash.ToHashCode();
    }

    /// <summary>The deepest tree that may be built.</summary>
    public const int MaxDepth = 400;

    /// <summary>What the root computes.</summary>
    public Operation Operation { get; }

    /// <summary>The formulas it computes it from.</summary>
    public ImmutableArray<Formula> Arguments { get; }

    /// <summary>Its integer parameters, lists preceded by their length.</summary>
    public ImmutableArray<int> Parameters { get; }

    /// <summary>The dimension of its value.</summary>
    public int Dim { get; }

    /// <summary>The number of levels of the tree.</summary>
    public int Depth { get; }

    /// <summary>Applies an operation, simplified where that is exact.</summary>
    /// <exception cref="FormulaException">Number or dimensions of the arguments do not fit, or the tree becomes too deep.</exception>
    public static Formula Create(Operation operation, ImmutableArray<Formula> arguments, ImmutableArray<int> parameters)
    {
        if (arguments.Length != operation.Arity)
            throw new FormulaException($"{operation.Name} takes {operation.Arity} formulas, not {arguments.Length}.");
        var dim = operation.Dim(arguments, parameters);
        if (operation.Simplify?.Invoke(arguments, parameters) is { } simpler) return simpler;
        var formula = new Formula(operation, arguments, parameters, dim);
        return formula.Depth <= MaxDepth ? formula : throw new FormulaException($"The formula is nested more than {MaxDepth} levels deep.");
    }

    /// <inheritdoc/>
    public bool Equals(Formula? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Operation == other.Operation && Dim == other.Dim
            && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan())
            && Arguments.AsSpan().SequenceEqual(other.Arguments.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Formula);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;
}
