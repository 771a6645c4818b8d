using System.Numerics;
using System.Runtime.InteropServices;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Solvers;

namespace Distributed.Keops.Client;

/// <summary>Vectors of a solver, which are float64, from and to rows of a call's dtype.</summary>
static class VectorRows
{
    /// <summary>Fills a batch of a vector with the rows of a source.</summary>
    public static async ValueTask ReadAsync(IRowSource source, Memory<double> destination, CancellationToken cancellationToken)
    {
        var rows = Math.Max(1, (1 << 20) / (source.Dim * source.Type.Size()));
        var buffer = new byte[rows * source.Dim * source.Type.Size()];
        for (var first = 0L; first < source.RowCount; first += rows)
        {
            var count = (int)Math.Min(rows, source.RowCount - first);
            var bytes = buffer.AsMemory(0, count * source.Dim * source.Type.Size());
            await source.ReadAsync(first, count, bytes, cancellationToken).ConfigureAwait(false);
            Widen(bytes.Span, source.Type, destination.Span.Slice(checked((int)(first * source.Dim)), count * source.Dim));
        }
    }

    /// <summary>The rows of a batch of a vector; in float64 they are the vector's own memory.</summary>
    public static ArrayRows ToRows(ReadOnlyMemory<double> values, int dim, ElementType type)
    {
        switch (type)
        {
            case ElementType.Float64:
                return ArrayRows.Of(values, dim);
            case ElementType.Float32:
                var singles = new float[values.Length];
                Narrow(values.Span, type, MemoryMarshal.AsBytes(singles.AsSpan()));
                return ArrayRows.Of(singles, dim);
            default:
                var halves = new Half[values.Length];
                Narrow(values.Span, type, MemoryMarshal.AsBytes(halves.AsSpan()));
                return ArrayRows.Of(halves, dim);
        }
    }

    /// <summary>All batches one after the other.</summary>
    /// <exception cref="KeopsException">They are more than an array holds.</exception>
    public static byte[] ToBytes(BlockVectorSpace space, BlockVector vector, ElementType type)
    {
        var batch = (long)space.Rows * space.Columns * type.Size();
        if (batch * space.Batches > Array.MaxLength)
            throw new KeopsException($"A vector of {batch * space.Batches} bytes is larger than an array.");
        var bytes = new byte[batch * space.Batches];
        for (var b = 0; b < space.Batches; b++) Narrow(vector.Batch(b).Span, type, bytes.AsSpan((int)(b * batch), (int)batch));
        return bytes;
    }

    /// <summary>Values of any dtype as float64.</summary>
    public static void Widen(ReadOnlySpan<byte> bytes, ElementType type, Span<double> destination)
    {
        switch (type)
        {
            case ElementType.Float64: MemoryMarshal.Cast<byte, double>(bytes).CopyTo(destination); break;
            case ElementType.Float32: Convert(MemoryMarshal.Cast<byte, float>(bytes), destination); break;
            default: Convert(MemoryMarshal.Cast<byte, Half>(bytes), destination); break;
        }
    }

    /// <summary>Float64 values as any dtype, rounded once.</summary>
    public static void Narrow(ReadOnlySpan<double> values, ElementType type, Span<byte> destination)
    {
        switch (type)
        {
            case ElementType.Float64: values.CopyTo(MemoryMarshal.Cast<byte, double>(destination)); break;
            case ElementType.Float32: Convert(values, MemoryMarshal.Cast<byte, float>(destination)); break;
            default: Convert(values, MemoryMarshal.Cast<byte, Half>(destination)); break;
        }
    }

    static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to)
        where TFrom : INumberBase<TFrom>
        where TTo : INumberBase<TTo>
    {
        for (var k = 0; k < from.Length; k++) to[k] = TTo.CreateSaturating(from[k]);
    }
}
