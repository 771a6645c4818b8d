namespace Distributed.Keops.Data;

/// <summary>A column of a file, in words that both formats share.</summary>
/// <param name="Name">Its name; members of a struct are joined by a dot.</param>
/// <param name="TypeName">Its type for messages and comparisons between files: <c>float32</c>, <c>list&lt;float64&gt;</c> …</param>
/// <param name="ClrType">The type of its values, or null if they are no numbers.</param>
/// <param name="IsList">Whether each row holds a vector.</param>
/// <param name="Index">The format's own number of the column.</param>
internal sealed record CloudColumn(string Name, string TypeName, Type? ClrType, bool IsList, int Index)
{
    public bool IsNumeric => ClrType is not null;

    /// <summary>The one list of value types that convert to float16, float32 and float64; null for every other type.</summary>
    public static string? NumberName(Type type) =>
        type == typeof(float) ? "float32" : type == typeof(double) ? "float64" : type == typeof(Half) ? "float16"
        : type == typeof(sbyte) ? "int8" : type == typeof(short) ? "int16" : type == typeof(int) ? "int32" : type == typeof(long) ? "int64"
        : type == typeof(byte) ? "uint8" : type == typeof(ushort) ? "uint16" : type == typeof(uint) ? "uint32"
        : type == typeof(ulong) ? "uint64"
        : type == typeof(bool) ? "bool" : type == typeof(decimal) ? "decimal" : null;

    public override string ToString() => $"{Name} ({TypeName})";
}
