using System.Runtime.CompilerServices;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// Rows that lie in an array of the caller, row-major, <c>M × D</c>. Nothing is copied: the array stays the caller's and must
/// not change while a reduction reads it. Safe for several concurrent calls.
/// </summary>
public sealed class ArrayRows : IRowSource
{
    /// <summary>The values [first, first + count) as bytes, counted in values.</summary>
    readonly Func<long, int, ReadOnlyMemory<byte>> _bytes;

    ArrayRows(long rows, int dim, ElementType type, Func<long, int, ReadOnlyMemory<byte>> bytes) =>
        (RowCount, Dim, Type, _bytes) = (rows, dim, type, bytes);

    /// <inheritdoc />
    public long RowCount { get; }

    /// <inheritdoc />
    public int Dim { get; }

    /// <inheritdoc />
    public ElementType Type { get; }

    /// <summary>Rows of <paramref name="dim"/> floats each.</summary>
    /// <exception cref="ArgumentException">The number of values is no multiple of <paramref name="dim"/>.</exception>
    public static ArrayRows Of(ReadOnlyMemory<float> values, int dim) => OfMemory(values, dim, ElementType.Float32);

    /// <summary>Rows of <paramref name="dim"/> doubles each.</summary>
    /// <exception cref="ArgumentException">The number of values is no multiple of <paramref name="dim"/>.</exception>
    public static ArrayRows Of(ReadOnlyMemory<double> values, int dim) => OfMemory(values, dim, ElementType.Float64);

    /// <summary>Rows of <paramref name="dim"/> float16 values each.</summary>
    /// <exception cref="ArgumentException">The number of values is no multiple of <paramref name="dim"/>.</exception>
    public static ArrayRows Of(ReadOnlyMemory<Half> values, int dim) => OfMemory(values, dim, ElementType.Float16);

    /// <summary>The rows of a matrix: <c>matrix[row, component]</c>.</summary>
    public static ArrayRows Of(Half[,] matrix) => OfMatrix(matrix, ElementType.Float16);

    /// <summary>The rows of a matrix: <c>matrix[row, component]</c>.</summary>
    public static ArrayRows Of(float[,] matrix) => OfMatrix(matrix, ElementType.Float32);

    /// <summary>The rows of a matrix: <c>matrix[row, component]</c>.</summary>
    public static ArrayRows Of(double[,] matrix) => OfMatrix(matrix, ElementType.Float64);

    /// <summary>A run of consecutive elements of an array of any rank, cut into rows
    /// of <paramref name="dim"/> in row-major order.</summary>
    /// <typeparam name="T">The array's elements: numbers, structs of several of them, or bytes.</typeparam>
    /// <param name="array">The array; it stays the caller's.</param>
    /// <param name="first">The first value of the run, counted in values of <paramref name="type"/>.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="dim">Values of a row.</param>
    /// <param name="type">The dtype of the values that the elements consist of.</param>
    /// <exception cref="ArgumentOutOfRangeException">The run does not lie within the array.</exception>
    public static ArrayRows Of<T>(Array array, long first, long rows, int dim, ElementType type)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dim, 1);
        var size = type.Size();
        var values = array.LongLength * Unsafe.SizeOf<T>() / size;
        if (first < 0 || rows < 0 || first > values - rows * dim)
            throw new ArgumentOutOfRangeException(
                nameof(first), $"{rows} rows of {dim} from value {first} on were asked of an array of {values}.");
        return new ArrayRows(rows, dim, type, (value, count) => Bytes<T>(array, (first + value) * size, count * size));
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentOutOfRangeException">The rows do not lie within the source.</exception>
    /// <exception cref="ArgumentException">The destination is too small.</exception>
    public ValueTask ReadAsync(long firstRow, int rows, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckRange(firstRow, rows);
        if (destination.Length < (long)rows * Dim * Type.Size())
            throw new ArgumentException($"{rows} rows of {Dim} {Type.Name()} need {(long)rows * Dim * Type.Size()} bytes, the destination "
                + $"has {destination.Length}.", nameof(destination));

        _bytes(firstRow * Dim, rows * Dim).CopyTo(destination);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ReadOnlyMemory<byte> TryGetRows(long firstRow, int rows)
    {
        CheckRange(firstRow, rows);
        return (long)rows * Dim * Type.Size() > int.MaxValue ? default : _bytes(firstRow * Dim, rows * Dim);
    }

    void CheckRange(long firstRow, int rows)
    {
        if (firstRow < 0 || rows < 0 || firstRow > RowCount - rows)
            throw new ArgumentOutOfRangeException(nameof(firstRow),
                $"Rows [{firstRow}, {firstRow + rows}) were asked of an array of {RowCount} rows.");
    }

    static ArrayRows OfMemory<T>(ReadOnlyMemory<T> values, int dim, ElementType type) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dim, 1);
        if (values.Length % dim != 0)
            throw new ArgumentException($"{values.Length} values can't be cut into rows of {dim}.", nameof(values));

        return new ArrayRows(values.Length / dim, dim, type, (first, count) => new MemoryBytes<T>(values.Slice((int)first, count)).Memory);
    }

    static ArrayRows OfMatrix<T>(T[,] matrix, ElementType type) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfLessThan(matrix.GetLength(1), 1, nameof(matrix));
        return new ArrayRows(
            matrix.GetLength(0), matrix.GetLength(1), type, (first, count) => new ArrayBytes<T>(matrix, first, count).Memory);
    }

    static ReadOnlyMemory<byte> Bytes<T>(Array array, long firstByte, int count)
        where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        var (from, end) = (firstByte / size, (firstByte + count + size - 1) / size);
        return new ArrayBytes<T>(array, from, checked((int)(end - from))).Memory.Slice((int)(firstByte - from * size), count);
    }
}
