namespace Distributed.Keops.Kernels;

/// <summary>The dtype of a cloud's values and of results.</summary>
public enum ElementType
{
    /// <summary>IEEE single precision, 4 bytes.</summary>
    Float32,

    /// <summary>IEEE double precision, 8 bytes.</summary>
    Float64,

    /// <summary>IEEE half precision, 2 bytes: of storage alone, arithmetic is done in float32.</summary>
    Float16,
}

/// <summary>Sizes and names of element types.</summary>
public static class ElementTypes
{
    /// <summary>The size of one value in bytes.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float16 => 2,
        ElementType.Float32 => 4,
        _ => 8,
    };

    /// <summary>The dtype that values are computed in.</summary>
    public static ElementType Arithmetic(this ElementType type) => type == ElementType.Float16 ? ElementType.Float32 : type;

    /// <summary>The dtype name used in requests, options and golden cases: <c>float16</c>, <c>float32</c> or <c>float64</c>.</summary>
    public static string Name(this ElementType type) => type switch
    {
        ElementType.Float16 => "float16",
        ElementType.Float32 => "float32",
        _ => "float64",
    };

    /// <summary>Reads a dtype name.</summary>
    /// <exception cref="ArgumentException">The name is none of <c>float16</c>, <c>float32</c> and <c>float64</c>.</exception>
    public static ElementType Parse(string name) => name switch
    {
        "float16" => ElementType.Float16,
        "float32" => ElementType.Float32,
        "float64" => ElementType.Float64,
        _ => throw new ArgumentException($"Unknown dtype '{name}': expected float16, float32 or float64.", nameof(name)),
    };
}
