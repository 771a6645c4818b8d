using System.Runtime.InteropServices;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client.Local;

/// <summary>One result in memory while it is written, row after row in any order.</summary>
sealed class ResultMemory
{
    readonly string _name;
    readonly NdArray _values;
    readonly List<long> _shape;
    readonly Memory<byte> _bytes;
    readonly int _rowBytes;

    ResultMemory(string name, NdArray values, List<long> shape, int rowBytes)
    {
        (_name, _values, _shape, _rowBytes) = (name, values, shape, rowBytes);
        _bytes = MemoryMarshal.AsMemory(values.Bytes);
    }

    /// <summary>A place for a result of a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="output">The result.</param>
    /// <param name="plan">Its rows.</param>
    /// <param name="into">The caller's array; null for a new one.</param>
    /// <exception cref="KeopsException">The result is too large for memory, or the caller's array does not fit it.</exception>
    public static ResultMemory Create(ReductionCall call, OutputPart output, Plan plan, NdArray? into)
    {
        ElementType? type = output.Type == ComponentType.Index ? null : call.Type;
        var rowBytes = output.Length * (type?.Size() ?? sizeof(long));
        var total = (double)plan.Batches * plan.Rows * rowBytes;
        if (total > Array.MaxLength)
            throw new KeopsException($"The result '{output.Name}' has {total} bytes: write it to a file instead of memory.");
        List<long> shape = [.. call.BatchShape, plan.Rows];
        if (output.Rank > 0) shape.Add(output.Rank);
        if (output.Rank == 0 || output.Dim > 1) shape.Add(output.Dim);
        if (into is null) return new(output.Name, new NdArray(new byte[(int)total], type, shape), shape, rowBytes);
        var expected = Seen(shape, call);
        return into.Type == type && into.IsComplex == call.IsComplex && into.Shape.SequenceEqual(expected)
            ? new(output.Name, into, shape, rowBytes)
            : throw new KeopsException(
                $"The array given for the result '{output.Name}' is {into}, expected "
                + $"{(call.IsComplex ? "complex " : "")}{type?.Name() ?? "int64"} of shape ({string.Join(", ", expected)}).");
    }

    /// <summary>Puts rows in their place.</summary>
    public void Write(long firstRow, ReadOnlySpan<byte> rows) => rows.CopyTo(_bytes.Span[(int)(firstRow * _rowBytes)..]);

    /// <summary>Makes a row null: NaN, or row number −1.</summary>
    public void WriteNull(long row)
    {
        var bytes = _bytes.Span.Slice((int)(row * _rowBytes), _rowBytes);
        switch (_values.Type)
        {
            case ElementType.Float16:
                MemoryMarshal.Cast<byte, Half>(bytes).Fill(Half.NaN);
                break;
            case ElementType.Float32:
                MemoryMarshal.Cast<byte, float>(bytes).Fill(float.NaN);
                break;
            case ElementType.Float64:
                MemoryMarshal.Cast<byte, double>(bytes).Fill(double.NaN);
                break;
            default:
                MemoryMarshal.Cast<byte, long>(bytes).Fill(-1);
                break;
        }
    }

    /// <summary>The result, over the memory that was written.</summary>
    public ResultArray ToResult(RowMask? valid) => new(_name, _values, _shape, valid);

    /// <summary>The shape as the caller sees it: complex numbers count as one, and a vector has no last dimension.</summary>
    static List<long> Seen(List<long> shape, ReductionCall call)
    {
        List<long> seen = [.. shape];
        if (call.IsComplex) seen[^1] /= 2;
        if (call.IsVector) seen.RemoveAt(seen.Count - 1);
        return seen;
    }
}
