using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>What a tensor carries besides its formula: the data of its variables, and
/// what they say of dtype and shape. Immutable.</summary>
sealed record TensorContext
{
    /// <summary>Of a constant.</summary>
    public static TensorContext Empty { get; } = new();

    /// <summary>Every variable that went into the tensor, also one that its formula lost
    /// when it was simplified: it may still count rows.</summary>
    public ImmutableDictionary<int, BoundVariable> Variables { get; init; } = ImmutableDictionary<int, BoundVariable>.Empty;

    /// <summary>The dtype of the data; null while only numbers and symbolic variables take part.</summary>
    public ElementType? Type { get; init; }

    /// <summary>The batch dimensions.</summary>
    public ImmutableArray<int> Batch { get; init; } = [];

    /// <summary>The i-side.</summary>
    public Extent I { get; init; }

    /// <summary>The j-side.</summary>
    public Extent J { get; init; }

    /// <summary>Which pairs count in its reductions; null for all, or for what it is combined with to say.</summary>
    public Ranges? Ranges { get; init; }

    /// <summary>Both together.</summary>
    /// <exception cref="KeopsException">Dtypes, rows or batches do not go together, or
    /// one symbolic variable is declared in two ways.</exception>
    public TensorContext Join(TensorContext other)
    {
        if (ReferenceEquals(this, other)) return this;
        var variables = Variables;
        foreach (var (index, bound) in other.Variables)
        {
            if (variables.TryGetValue(index, out var known) && known.Variable != bound.Variable)
                throw new KeopsException(
                    $"The symbolic variable {index} is {Formula.Var(known.Variable)} and {Formula.Var(bound.Variable)}: expected one "
                    + "dimension and category.");
            variables = variables.SetItem(index, bound);
        }

        if (Type is { } a && other.Type is { } b && a != b)
            throw new KeopsException(
                $"{NameOf(a)} is {a.Name()} and {other.NameOf(b)} is {b.Name()}: all data of a formula have one dtype, convert "
                + "one of them.");
        if (Ranges is not null && other.Ranges is not null && !Ranges.Equals(other.Ranges))
            throw new KeopsException("Tensors with different ranges in one formula: give both the same, or only one of them any.");
        return new TensorContext
        {
            Variables = variables,
            Type = Type ?? other.Type,
            Batch = CallData.Broadcast(Batch, other.Batch, "A tensor"),
            I = I.Join(other.I, "i"),
            J = J.Join(other.J, "j"),
            Ranges = Ranges ?? other.Ranges,
        };
    }

    /// <summary>The first variable with data of a dtype, as it was declared.</summary>
    string NameOf(ElementType type)
    {
        var found = Variables.Values.OrderBy(v => v.Variable.Index).FirstOrDefault(v => v.Data switch
        {
            TensorData tensor => tensor.Array.Type == type,
            ArrayData rows => rows.Batches[0].Type == type,
            CloudData => true,
            _ => false,
        });
        return found is not { Variable: var variable } ? "A tensor"
            : $"{variable.Category switch { Category.I => "Vi", Category.J => "Vj", _ => "Pm" }}({variable.Dim})"
                + found.Data switch
                {
                    TensorData tensor => $" of shape ({string.Join(", ", tensor.Array.Shape)})",
                    CloudData cloud => $" of {cloud.Spec}",
                    _ => "",
                };
    }
}
