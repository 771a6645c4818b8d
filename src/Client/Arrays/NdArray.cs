using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Client;

/// <summary>
/// A row-major array of any rank: what goes into a formula as data and comes out of a reduction. It refers to the memory it was made of,
/// which stays its owner's and must not change while a reduction reads it. Safe to share between threads.
/// <code>
/// NdArray x = new float[1000, 3];                         // rows of points
/// var w = NdArray.Of(values, 4, 1000, 2);                 // 4 batches of 1000 rows of 2
/// </code>
/// </summary>
public class NdArray
{
    readonly Func<long, long, int, ArrayRows> _rows;
    readonly Array _memory;

    NdArray(Array memory, ImmutableArray<long> shape, ElementType? type, bool complex, Func<long, long, int, ArrayRows> rows) =>
        (_memory, Shape, Type, IsComplex, _rows) = (memory, shape, type, complex, rows);

    /// <summary>Wraps bytes; nothing is copied.</summary>
    /// <param name="bytes">The values, row-major, little-endian.</param>
    /// <param name="type">Their dtype; null for int64.</param>
    /// <param name="shape">The dimensions; of complex numbers where <paramref name="complex"/>.</param>
    /// <param name="complex">Whether two values, real and imaginary part, make one number.</param>
    /// <exception cref="ArgumentException">The shape has another number of values.</exception>
    public NdArray(byte[] bytes, ElementType? type, IEnumerable<long> shape, bool complex = false)
        : this(bytes, [.. shape], type, complex, RowsOf<byte>(bytes, type)) => Check(bytes.LongLength / (type?.Size() ?? sizeof(long)));

    /// <summary>The values of another array in another shape, as complex numbers or as their parts; nothing is copied.</summary>
    /// <exception cref="ArgumentException">The shape has another number of values.</exception>
    private protected NdArray(NdArray values, IEnumerable<long> shape, bool complex)
        : this(values._memory, [.. shape], values.Type, complex, values._rows) => Check(values.Length * (values.IsComplex ? 2 : 1));

    /// <summary>The dimensions.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The dtype of the values, real and imaginary parts alike; null for row numbers, which are int64.</summary>
    public ElementType? Type { get; }

    /// <summary>Whether the elements are complex: a real and an imaginary part each.</summary>
    public bool IsComplex { get; }

    /// <summary>The number of elements.</summary>
    public long Length => Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>The values as bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are more than 2³¹ of them.</exception>
    public ReadOnlyMemory<byte> Bytes => _memory is byte[] bytes
        ? bytes
        : Length == 0 ? default
        : _rows(0, 1, checked((int)Length * (IsComplex ? 2 : 1))).TryGetRows(0, 1);

    /// <summary>The values, where they are float16; real and imaginary parts in turn where they are complex.</summary>
    public ReadOnlySpan<Half> Halfs => As<Half>(ElementType.Float16);

    /// <summary>The values, where they are float32; real and imaginary parts in turn where they are complex.</summary>
    public ReadOnlySpan<float> Singles => As<float>(ElementType.Float32);

    /// <summary>The values, where they are float64; real and imaginary parts in turn where they are complex.</summary>
    public ReadOnlySpan<double> Doubles => As<double>(ElementType.Float64);

    /// <summary>The row numbers, where they are such.</summary>
    public ReadOnlySpan<long> Indices => As<long>(null);

    /// <summary>The complex numbers, where they are such in float64.</summary>
    public ReadOnlySpan<Complex> Complexes => IsComplex
        ? MemoryMarshal.Cast<double, Complex>(Doubles)
        : throw new InvalidOperationException($"{this} holds no complex numbers.");

    /// <summary>Values in row-major order.</summary>
    /// <exception cref="ArgumentException">The shape has another number of values.</exception>
    public static NdArray Of(float[] values, params ReadOnlySpan<long> shape) => Wrap<float>(values, shape, ElementType.Float32, false);

    /// <inheritdoc cref="Of(float[], ReadOnlySpan{long})"/>
    public static NdArray Of(Half[] values, params ReadOnlySpan<long> shape) => Wrap<Half>(values, shape, ElementType.Float16, false);

    /// <inheritdoc cref="Of(float[], ReadOnlySpan{long})"/>
    public static NdArray Of(double[] values, params ReadOnlySpan<long> shape) => Wrap<double>(values, shape, ElementType.Float64, false);

    /// <inheritdoc cref="Of(float[], ReadOnlySpan{long})"/>
    public static NdArray Of(Complex[] values, params ReadOnlySpan<long> shape) => Wrap<Complex>(values, shape, ElementType.Float64, true);

    /// <summary>Row numbers in row-major order: no data of a formula, but memory for the results that are such.</summary>
    /// <exception cref="ArgumentException">The shape has another number of values.</exception>
    public static NdArray Of(long[] values, params ReadOnlySpan<long> shape) => Wrap<long>(values, shape, null, false);

    /// <summary>An array of any rank of <see cref="Half"/>, <see cref="float"/>, <see cref="double"/>, <see cref="long"/> or
    /// <see cref="Complex"/>, in its own shape.</summary>
    /// <exception cref="ArgumentException">Its elements are of another type.</exception>
    public static NdArray Of(Array array)
    {
        ArgumentNullException.ThrowIfNull(array);
        ReadOnlySpan<long> shape = [.. Enumerable.Range(0, array.Rank).Select(array.GetLongLength)];
        return array.GetType().GetElementType() switch
        {
            var t when t == typeof(Half) => Wrap<Half>(array, shape, ElementType.Float16, false),
            var t when t == typeof(long) => Wrap<long>(array, shape, null, false),
            var t when t == typeof(float) => Wrap<float>(array, shape, ElementType.Float32, false),
            var t when t == typeof(double) => Wrap<double>(array, shape, ElementType.Float64, false),
            var t when t == typeof(Complex) => Wrap<Complex>(array, shape, ElementType.Float64, true),
            var t => throw new ArgumentException($"An array of {t?.Name}: expected Half, float, double, long or Complex.", nameof(array)),
        };
    }

#pragma warning disable CS1591 // Conversions without a copy.
    public static implicit operator NdArray(Half[] values) => Of((Array)values);
    public static implicit operator NdArray(long[] values) => Of((Array)values);
    public static implicit operator NdArray(float[] values) => Of((Array)values);
    public static implicit operator NdArray(double[] values) => Of((Array)values);
    public static implicit operator NdArray(Complex[] values) => Of((Array)values);
    public static implicit operator NdArray(Half[,] values) => Of(values);
    public static implicit operator NdArray(long[,] values) => Of(values);
    public static implicit operator NdArray(float[,] values) => Of(values);
    public static implicit operator NdArray(double[,] values) => Of(values);
    public static implicit operator NdArray(Complex[,] values) => Of(values);
    public static implicit operator NdArray(Half[,,] values) => Of(values);
    public static implicit operator NdArray(long[,,] values) => Of(values);
    public static implicit operator NdArray(float[,,] values) => Of(values);
    public static implicit operator NdArray(double[,,] values) => Of(values);
    public static implicit operator NdArray(Complex[,,] values) => Of(values);
#pragma warning restore CS1591

    /// <summary>The same values in another shape.</summary>
    /// <exception cref="ArgumentException">The shape has another number of values.</exception>
    public NdArray Reshape(params ReadOnlySpan<long> shape) => new(this, [.. shape], IsComplex);

    /// <summary>Real and imaginary parts as numbers of their own along the last dimension; a real array as it is.</summary>
    internal NdArray Parts() => IsComplex ? new NdArray(this, [.. Shape.SkipLast(1), 2 * Shape[^1]], complex: false) : this;

    /// <summary>What is equal for two views of the same memory in the same shape.</summary>
    internal object Identity => (_memory, IsComplex, string.Join(',', Shape));

    /// <summary>Rows of the array as a source for kernels.</summary>
    /// <param name="first">The first value, counted in values of <see cref="Type"/>: a complex number is two.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="dim">Values of a row.</param>
    /// <exception cref="KeopsException">The array holds row numbers.</exception>
    internal IRowSource Rows(long first, long rows, int dim) => Type is null
        ? throw new KeopsException("Row numbers can't be data of a formula: convert them to float64 first.")
        : _rows(first, rows, dim);

    /// <summary>Values as float64.</summary>
    internal double[] ToDoubles(long first, int count)
    {
        var bytes = _rows(first, 1, Math.Max(1, count)).TryGetRows(0, count == 0 ? 0 : 1).Span;
        if (Type == ElementType.Float64) return MemoryMarshal.Cast<byte, double>(bytes).ToArray();
        var values = new double[count];
        for (var k = 0; k < count; k++)
            values[k] = Type == ElementType.Float16
                ? (double)MemoryMarshal.Cast<byte, Half>(bytes)[k]
                : MemoryMarshal.Cast<byte, float>(bytes)[k];
        return values;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(IsComplex ? "complex " : "")}{Type?.Name() ?? "int64"} of shape ({string.Join(", ", Shape)})";

    static NdArray Wrap<T>(Array array, ReadOnlySpan<long> shape, ElementType? type, bool complex)
        where T : unmanaged
    {
        var wrapped = new NdArray(array, [.. shape], type, complex, RowsOf<T>(array, type));
        wrapped.Check(array.LongLength * (complex ? 2 : 1));
        return wrapped;
    }

    // Row numbers are as wide as float64.
    static Func<long, long, int, ArrayRows> RowsOf<T>(Array array, ElementType? type)
        where T : unmanaged => (first, rows, dim) => ArrayRows.Of<T>(array, first, rows, dim, type ?? ElementType.Float64);

    void Check(long values)
    {
        if (Shape.Any(size => size < 0) || Length * (IsComplex ? 2 : 1) != values)
            throw new ArgumentException($"{values} values are no {this}.");
    }

    ReadOnlySpan<T> As<T>(ElementType? type)
        where T : unmanaged => Type == type
            ? MemoryMarshal.Cast<byte, T>(Bytes.Span)
            : throw new InvalidOperationException($"{this} holds no {type?.Name() ?? "int64"}.");
}
