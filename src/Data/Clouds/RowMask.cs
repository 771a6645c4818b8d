using System.Numerics;
using System.Runtime.InteropServices;

namespace Distributed.Keops.Data;

/// <summary>Which of a run of rows hold a value in every column: bit <c>r</c> stands for the row <c>FirstRow + r</c>.</summary>
public sealed class RowMask
{
    readonly ulong[] _bits;

    internal RowMask(long firstRow, int rowCount, ulong[] bits)
    {
        (FirstRow, RowCount, _bits) = (firstRow, rowCount, bits);
        foreach (var word in bits)
            ValidCount += BitOperations.PopCount(word);
    }

    /// <summary>The row of the cloud that the mask starts with.</summary>
    public long FirstRow { get; }

    /// <summary>The number of rows covered.</summary>
    public int RowCount { get; }

    /// <summary>The number of rows without a null.</summary>
    public int ValidCount { get; }

    /// <summary>The mask in words of 64 rows, lowest bit first; the bits behind the last row are 0.</summary>
    public ReadOnlySpan<ulong> Bits => _bits;

    /// <summary>The mask as bytes of 8 rows each, lowest bit first.</summary>
    public byte[] ToBytes() => MemoryMarshal.AsBytes<ulong>(_bits)[..ByteCount(RowCount)].ToArray();

    /// <summary>The bytes that a mask of so many rows has.</summary>
    public static int ByteCount(int rowCount) => (rowCount + 7) >> 3;

    /// <summary>A mask from what <see cref="ToBytes"/> gave.</summary>
    /// <exception cref="ArgumentException">There are more or fewer bytes than the rows have.</exception>
    public static RowMask FromBytes(long firstRow, int rowCount, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ByteCount(rowCount))
            throw new ArgumentException(
                $"A mask of {rowCount} rows has {ByteCount(rowCount)} bytes, {bytes.Length} were given.", nameof(bytes));
        var bits = new ulong[(rowCount + 63) >> 6];
        bytes.CopyTo(MemoryMarshal.AsBytes(bits.AsSpan()));
        return new RowMask(firstRow, rowCount, bits);
    }

    /// <summary>Whether the row <c>FirstRow + row</c> has no null.</summary>
    public bool this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)RowCount, nameof(row));
            return (_bits[row >> 6] >> row & 1) != 0;
        }
    }

    /// <summary>Words with a bit for each of the rows.</summary>
    internal static ulong[] All(int rowCount)
    {
        var bits = new ulong[(rowCount + 63) >> 6];
        Array.Fill(bits, ulong.MaxValue);
        if ((rowCount & 63) != 0)
            bits[^1] = (1UL << rowCount) - 1;
        return bits;
    }

    /// <summary>A mask from a predicate over the rows <c>0 … rowCount - 1</c>.</summary>
    public static RowMask Create(long firstRow, int rowCount, Func<int, bool> valid)
    {
        ArgumentNullException.ThrowIfNull(valid);
        var bits = new ulong[(rowCount + 63) >> 6];
        for (var row = 0; row < rowCount; row++)
            if (valid(row))
                bits[row >> 6] |= 1UL << row;
        return new RowMask(firstRow, rowCount, bits);
    }
}
