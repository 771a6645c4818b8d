using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// A symbolic formula F(p, x_i, y_j): an immutable tree with a known dimension. Two formulas are equal when their trees are.
/// Safe to share between threads.
/// <code>
/// Exp(-SqNorm2(x-y))*b        Mult ── Exp ── Minus ── SqNorm2 ── Subtract ── x
///                               └─ b                                └─ y
/// </code>
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
        var hash = new HashCode();
        hash.Add(operation.Name);
        foreach (var parameter in parameters) hash.Add(parameter);
        foreach (var argument in arguments)
        {
            Depth = Math.Max(Depth, argument.Depth);
            Size += argument.Size;
            hash.Add(argument._hash);
        }

        Depth++;
        Size++;
        _hash = hash.ToHashCode();
    }

    /// <summary>The deepest tree that may be built: what walks a tree may then call itself.</summary>
    public const int MaxDepth = 1000;

    /// <summary>
    /// The largest tree that may be built, in nodes, one that occurs several times counted as often: it is what printing writes.
    /// </summary>
    public const int MaxSize = 1 << 20;

    /// <summary>The largest dimension.</summary>
    public const int MaxDim = 1 << 20;

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

    /// <summary>The number of nodes of the tree.</summary>
    public int Size { get; }

    /// <summary>Applies an operation, simplified where that is exact.</summary>
    /// <exception cref="FormulaException">
    /// Number or dimensions of the arguments do not fit, or the tree becomes too deep or too large.
    /// </exception>
    public static Formula Create(Operation operation, ImmutableArray<Formula> arguments, ImmutableArray<int> parameters)
    {
        operation.Check(arguments, parameters);
        var dim = operation.Dim(arguments, parameters);
        if (dim is < 1 or > MaxDim) throw new FormulaException($"{operation.Name} would have dimension {dim}: expected 1 to {MaxDim}.");
        if (operation.Simplify?.Invoke(arguments, parameters) is { } simpler) return simpler;
        if (arguments.Any(a => a.Depth >= MaxDepth)) throw new FormulaException($"The formula is nested more than {MaxDepth} levels deep.");
        if (arguments.Sum(a => (long)a.Size) >= MaxSize) throw new FormulaException($"The formula has more than {MaxSize} nodes.");
        return new Formula(operation, arguments, parameters, dim);
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

    /// <summary>The canonical text, which parses back to an equal formula.</summary>
    public override string ToString() => FormulaPrinter.Print(this);
}
