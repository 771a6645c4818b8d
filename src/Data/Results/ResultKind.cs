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
}
