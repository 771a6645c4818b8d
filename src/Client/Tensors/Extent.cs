using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client;

/// <summary>How many rows a tensor has on one side: none of its own (it is repeated), a
/// number, or as many as data that are not open yet will say.</summary>
/// <param name="Exists">Whether a variable of this side takes part.</param>
/// <param name="Rows">The number of rows, null while it is not known.</param>
readonly record struct Extent(bool Exists, long? Rows)
{
    /// <summary>Rows that data given or opened later will count.</summary>
    public static Extent Unknown => new(true, null);

    public static Extent Of(long rows) => new(true, rows);

    /// <summary>The side of two tensors together.</summary>
    /// <exception cref="KeopsException">Both numbers are known and differ.</exception>
    public Extent Join(Extent other, string side) => Rows is { } a && other.Rows is { } b && a != b
        ? throw new KeopsException($"Tensors of {a} and of {b} rows on the {side}-side in one formula: expected equal numbers.")
        : new(Exists || other.Exists, Rows ?? other.Rows);

    /// <summary>The size of the dimension: 1 for a side that is repeated, null while it is not known.</summary>
    public long? Size => Exists ? Rows : 1;
}
