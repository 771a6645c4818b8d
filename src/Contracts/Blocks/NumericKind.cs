namespace Distributed.Keops.Contracts;

/// <summary>What the bytes of a <see cref="NumericBlock"/> are.</summary>
public enum NumericKind : byte
{
    /// <summary>Bytes without a meaning of their own, such as states.</summary>
    Bytes = 0,

    /// <summary>IEEE single precision.</summary>
    Float32 = 1,

    /// <summary>IEEE double precision.</summary>
    Float64 = 2,

    /// <summary>Signed 64-bit integers.</summary>
    Int64 = 3,

    /// <summary>IEEE half precision.</summary>
    Float16 = 4,
}
