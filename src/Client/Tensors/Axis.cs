using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client;

/// <summary>
/// Over what a tensor is reduced: by name, or by the number of the dimension as KeOps counts them. A tensor has batch dimensions, then
/// those of i, of j and of the vector, so that without batches 0 is i and 1 is j.
/// </summary>
public readonly record struct Axis
{
    readonly int? _number;
    readonly bool _j;

    Axis(int? number, bool j) => (_number, _j) = (number, j);

    /// <summary>Over i: the result is indexed by j.</summary>
    public static Axis I { get; } = new(null, false);

    /// <summary>Over j: the result is indexed by i.</summary>
    public static Axis J { get; } = new(null, true);

    /// <summary>Along the vector: no reduction, but an operation whose result is a tensor again.</summary>
    public static VectorAxis V => default;

    /// <summary>A dimension by its number.</summary>
    public static implicit operator Axis(int number) => new(number, false);

    /// <summary>0 or 1, for a tensor with so many batch dimensions.</summary>
    /// <exception cref="KeopsException">The number is neither that of i nor that of j.</exception>
    internal int Resolve(int batchDims)
    {
        if (_number is not { } number) return _j ? 1 : 0;
        if (number - batchDims is 0 or 1) return number - batchDims;
        var hint = number == -1 || number == batchDims + 2 ? " Along the vector it is Axis.V, or no argument." : "";
        throw new KeopsException(
            $"Axis {number} of a tensor with {batchDims} batch dimensions: expected {batchDims} (over i) or {batchDims + 1} "
            + $"(over j).{hint}");
    }

    /// <inheritdoc/>
    public override string ToString() => _number?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? (_j ? "J" : "I");
}

/// <summary>The dimension of the vector at each pair: <see cref="Axis.V"/>.</summary>
public readonly record struct VectorAxis;
