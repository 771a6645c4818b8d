using System.Runtime.InteropServices;

namespace Distributed.Keops.Contracts;

/// <summary>
/// The one numeric payload of a grain message: at most 1 MiB of numbers that travel as one span, little-endian. Never changed once made; on
/// the same silo it is passed by reference.
/// </summary>
[Immutable]
public readonly struct NumericBlock : IEquatable<NumericBlock>
{
    /// <summary>
    /// The most bytes of a block. A connection carries one message after the other: a
    /// longer one would keep the cluster's own probes waiting.
    /// </summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Wraps bytes without a copy; they must not change any more.</summary>
    /// <exception cref="ArgumentException">There are more than <see cref="MaxBytes"/>, or a number is cut off.</exception>
    public NumericBlock(NumericKind kind, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxBytes) throw new ArgumentException(
            $"A block of {bytes.Length} bytes: a message carries at most {MaxBytes}; send several.", nameof(bytes));
        if (bytes.Length % SizeOf(kind) != 0)
            throw new ArgumentException($"{bytes.Length} bytes are no whole number of {kind} values.", nameof(bytes));
        (Kind, Bytes) = (kind, bytes);
    }

    /// <summary>What the bytes are.</summary>
    public NumericKind Kind { get; }

    /// <summary>The values as bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>A block without a meaning of its own.</summary>
    public static NumericBlock Of(ReadOnlyMemory<byte> bytes) => new(NumericKind.Bytes, bytes);

    /// <summary>A copy of values.</summary>
    public static NumericBlock Of(ReadOnlySpan<float> values) => new(NumericKind.Float32, MemoryMarshal.AsBytes(values).ToArray());

    /// <inheritdoc cref="Of(ReadOnlySpan{float})"/>
    public static NumericBlock Of(ReadOnlySpan<double> values) => new(NumericKind.Float64, MemoryMarshal.AsBytes(values).ToArray());

    /// <inheritdoc cref="Of(ReadOnlySpan{float})"/>
    public static NumericBlock Of(ReadOnlySpan<long> values) => new(NumericKind.Int64, MemoryMarshal.AsBytes(values).ToArray());

    /// <inheritdoc cref="Of(ReadOnlySpan{float})"/>
    public static NumericBlock Of(ReadOnlySpan<Half> values) => new(NumericKind.Float16, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The values as numbers of the block's kind.</summary>
    /// <exception cref="InvalidOperationException">The block holds another kind.</exception>
    public ReadOnlySpan<T> Values<T>()
        where T : unmanaged
    {
        var kind = typeof(T) == typeof(float) ? NumericKind.Float32 : typeof(T) == typeof(double) ? NumericKind.Float64
            : typeof(T) == typeof(long) ? NumericKind.Int64 : typeof(T) == typeof(Half) ? NumericKind.Float16 : NumericKind.Bytes;
        return kind == Kind
            ? MemoryMarshal.Cast<byte, T>(Bytes.Span)
            : throw new InvalidOperationException($"The block holds {Kind}, not {typeof(T).Name}.");
    }

    /// <inheritdoc/>
    public bool Equals(NumericBlock other) => Kind == other.Kind && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NumericBlock other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Bytes.Length);

    /// <summary>Equal kinds and equal bytes.</summary>
    public static bool operator ==(NumericBlock left, NumericBlock right) => left.Equals(right);

    /// <summary>Different kinds or bytes.</summary>
    public static bool operator !=(NumericBlock left, NumericBlock right) => !left.Equals(right);

    internal static int SizeOf(NumericKind kind) => kind switch
    {
        NumericKind.Bytes => 1,
        NumericKind.Float16 => 2,
        NumericKind.Float32 => 4,
        NumericKind.Float64 or NumericKind.Int64 => 8,
        _ => throw new ArgumentException($"There is no kind {(int)kind} of numbers.", nameof(kind)),
    };
}
