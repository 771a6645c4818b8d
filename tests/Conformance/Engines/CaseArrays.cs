using System.Runtime.InteropServices;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>Arrays of cases as arrays of the product, and back.</summary>
public static class CaseArrays
{
    /// <summary>The array in its dtype; a complex one holds real and imaginary parts in
    /// turn and counts complex numbers in its shape.</summary>
    /// <exception cref="KeopsException">The dtype is none of the product's, or the shape has another number of values.</exception>
    public static NdArray ToArray(CaseArray array)
    {
        long[] shape = [.. array.Shape.Select(size => (long)size)];
        if (shape.Aggregate(array.IsComplex ? 2L : 1L, (product, size) => product * size) != array.Data.Length)
            throw new KeopsException($"Argument {array.Name} has shape {array.ShapeText} and {array.Data.Length} values.");
        (byte[] bytes, ElementType? type) = array.Dtype switch
        {
            "float16" => (Bytes(array.Data.Select(v => (Half)v)), ElementType.Float16),
            "float32" => (Bytes(array.Data.Select(v => (float)v)), ElementType.Float32),
            CaseArray.IndexDtype => (Bytes(array.Data.Select(v => (long)v)), (ElementType?)null),
            "float64" => (Bytes(array.Data), ElementType.Float64),
            _ => throw new KeopsException($"Argument {array.Name} is {array.Dtype}: expected float16, float32, float64 or int64."),
        };
        return new NdArray(bytes, type, shape, array.IsComplex);
    }

    /// <summary>A result as a case's array.</summary>
    public static CaseArray ToCase(NdArray array)
    {
        int[] shape = [.. array.Shape.Select(s => (int)s)];
        return array.Type switch
        {
            null => new CaseArray(shape, [.. array.Indices.ToArray().Select(i => (double)i)], CaseArray.IndexDtype),
            ElementType.Float16 =>
                new CaseArray(shape, [.. array.Halfs.ToArray().Select(v => (double)v)], "float16") { IsComplex = array.IsComplex },
            ElementType.Float32 =>
                new CaseArray(shape, [.. array.Singles.ToArray().Select(v => (double)v)], "float32") { IsComplex = array.IsComplex },
            _ => new CaseArray(shape, array.Doubles.ToArray(), "float64") { IsComplex = array.IsComplex },
        };
    }

    static byte[] Bytes<T>(IEnumerable<T> values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values.ToArray()).ToArray();
}
