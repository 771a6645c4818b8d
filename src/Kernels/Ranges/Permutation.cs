using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Ranges;

/// <summary>
/// Rows in another order: row r of the ordered rows is row <c>Order[r]</c> of the
/// original ones. Immutable and safe to share between threads.
/// </summary>
public sealed class Permutation : IEquatable<Permutation>
{
    readonly Lazy<Permutation> _inverse;

    Permutation(ImmutableArray<int> order, Func<Permutation, Permutation> inverse)
    {
        Order = order;
        _inverse = new(() => inverse(this));
    }

    /// <summary>For each ordered row, the number of the original one.</summary>
    public ImmutableArray<int> Order { get; }

    /// <summary>The number of rows.</summary>
    public int Length => Order.Length;

    /// <summary>The way back: for each original row, its place among the ordered ones.</summary>
    public Permutation Inverse => _inverse.Value;

    /// <summary>Checks and wraps an order.</summary>
    /// <param name="order">Every number below its length, once each.</param>
    /// <exception cref="KeopsException">A number is missing or stands twice; the place is named.</exception>
    public static Permutation Of(ImmutableArray<int> order)
    {
        var seen = new bool[order.Length];
        for (var r = 0; r < order.Length; r++)
        {
            if ((uint)order[r] >= (uint)order.Length)
                throw new KeopsException($"Entry {r} of the order is {order[r]}: expected the number of one of the {order.Length} rows.");
            if (seen[order[r]])
                throw new KeopsException($"Entry {r} of the order is {order[r]}, which stands before: expected each row once.");
            seen[order[r]] = true;
        }

        return new(order, Invert);
    }

    /// <summary>Rows by ascending label; equal labels keep the order of their rows.</summary>
    /// <param name="labels">A label from 0 to <paramref name="count"/> − 1 for each row.</param>
    /// <param name="count">The number of labels.</param>
    public static Permutation Sorting(ReadOnlySpan<int> labels, int count)
    {
        var next = new int[count + 1];
        foreach (var label in labels) next[label + 1]++;
        for (var k = 0; k < count; k++) next[k + 1] += next[k];
        var order = new int[labels.Length];
        for (var r = 0; r < labels.Length; r++) order[next[labels[r]]++] = r;
        return new([.. order], Invert);
    }

    /// <summary>Puts rows in order.</summary>
    /// <param name="rows">Row-major, <see cref="Length"/> × D.</param>
    /// <exception cref="KeopsException">The number of values is no multiple of the number of rows.</exception>
    public T[] Apply<T>(ReadOnlySpan<T> rows)
    {
        if (Length == 0 ? rows.Length > 0 : rows.Length % Length != 0)
            throw new KeopsException(
                $"{rows.Length} values are to be put into the order of {Length} rows: expected the same number for each row.");
        var ordered = new T[rows.Length];
        var dim = Length == 0 ? 0 : rows.Length / Length;
        for (var r = 0; r < Length; r++) rows.Slice(Order[r] * dim, dim).CopyTo(ordered.AsSpan(r * dim));
        return ordered;
    }

    /// <inheritdoc/>
    public bool Equals(Permutation? other) => other is not null && Order.AsSpan().SequenceEqual(other.Order.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Permutation);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Length, Length == 0 ? 0 : Order[0], Length == 0 ? 0 : Order[^1]);

    static Permutation Invert(Permutation permutation)
    {
        var places = new int[permutation.Length];
        for (var r = 0; r < places.Length; r++) places[permutation.Order[r]] = r;
        return new([.. places], _ => permutation);
    }
}
