using Distributed.Keops.Kernels;

namespace Distributed.Keops.Data;

/// <summary>The type of a result column's values.</summary>
public enum ResultKind
{
    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>IEEE double precision.</summary>
    Float64,

    /// <summary>Signed 64-bit integers: the indices of arg-reductions.</summary>
    Int64,

    /// <summary>IEEE half precision in memory; in files the same values in single precision, which every reader knows.</summary>
    Float16,
}

/// <summary>Result kinds of dtypes.</summary>
public static class ResultKinds
{
    /// <summary>The kind of a dtype's results; null stands for row numbers.</summary>
    public static ResultKind Of(ElementType? type) => type switch
    {
        ElementType.Float16 => ResultKind.Float16,
        ElementType.Float32 => ResultKind.Float32,
        ElementType.Float64 => ResultKind.Float64,
        _ => ResultKind.Int64,
    };

    /// <summary>The bytes of one value in memory.</summary>
    public static int Size(this ResultKind kind) => kind switch
    {
        ResultKind.Float16 => 2,
        ResultKind.Float32 => 4,
        _ => 8,
    };
}
