namespace Distributed.Keops.Conformance;

/// <summary>A row-major array that goes into a call or comes out of it.</summary>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Data">Its values. Indices stand here too: they are exact up to 2^53.</param>
/// <param name="Dtype"><c>float16</c>, <c>float32</c>, <c>float64</c> or <c>int64</c>.</param>
public sealed record CaseArray(int[] Shape, double[] Data, string Dtype)
{
    /// <summary>The dtype of indices.</summary>
    public const string IndexDtype = "int64";

    /// <summary>Whether real and imaginary parts stand in turn; the shape then counts complex numbers. Default: false.</summary>
    public bool IsComplex { get; init; }

    /// <summary>The name of the argument, for messages only: arguments count by position.</summary>
    public string Name { get; init; } = "";

    /// <summary>The shape as it is written: <c>(5, 3)</c>.</summary>
    public string ShapeText => $"({string.Join(", ", Shape)})";

    /// <summary>The values as the dtype can hold them.</summary>
    public static double[] Rounded(double[] values, string dtype) => dtype switch
    {
        "float16" => [.. values.Select(value => (double)(Half)value)],
        "float32" => [.. values.Select(value => (double)(float)value)],
        _ => values,
    };
}
