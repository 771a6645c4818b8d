namespace Distributed.Keops.Kernels;

/// <summary>The dtype of a cloud's values and of the arithmetic done on them.</summary>
public enum ElementType
{
    /// <summary>IEEE single precision, 4 bytes.</summary>
    Float32,

    /// <summary>IEEE double precision, 8 bytes.</summary>
    Float64,
}

/// <summary>Sizes and names of element types.</summary>
public static class ElementTypes
{
    /// <summary>The size of one value in bytes.</summary>
    public static int Size(this ElementType type) => type == ElementType.Float32 ? 4 : 8;

    /// <summary>The dtype name used in requests, options and golden cases: <c>float32</c> or <c>float64</c>.</summary>
    public static string Name(this ElementType type) => type == ElementType.Float32 ? "float32" : "float64";

    /// <summary>Reads a dtype name.</summary>
    /// <exception cref="ArgumentException">The name is neither <c>float32</c> nor <c>float64</c>.</exception>
    public static ElementType Parse(string name) => name switch
    {
        "float32" => ElementType.Float32,
        "float64" => ElementType.Float64,
        _ => throw new ArgumentException($"Unknown dtype '{name}': expected float32 or float64.", nameof(name)),
    };
}
