using Apache.Arrow;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>Reads Arrow columns in their own types, to be written beside results.</summary>
internal static class ArrowKept
{
    /// <exception cref="DataException">The column is neither a number, nor bool, nor text.</exception>
    public static DataField Field(CloudColumn column, bool nullable, FileStamp file)
    {
        var type = column.TypeName is "string" ? typeof(string) : column.IsList || column.ClrType == typeof(Half) ? null : column.ClrType;
        return type is null
            ? throw new DataException($"A {column.TypeName} can't be kept from an Arrow file; numbers, bool and text can.", file.Path)
                { Column = column.Name }
            : new DataField(column.Name, type, nullable);
    }

    public static KeptValues Read(IArrowArray array) => array switch
    {
        FloatArray values => Numbers(values),
        DoubleArray values => Numbers(values),
        Int8Array values => Numbers(values),
        Int16Array values => Numbers(values),
        Int32Array values => Numbers(values),
        Int64Array values => Numbers(values),
        UInt8Array values => Numbers(values),
        UInt16Array values => Numbers(values),
        UInt32Array values => Numbers(values),
        UInt64Array values => Numbers(values),
        BooleanArray values => new KeptNumbers<bool>([.. Enumerable.Range(0, values.Length).Select(values.GetValue)]),
        StringArray values => new KeptTexts([.. Enumerable.Range(0, values.Length).Select(row => values.GetString(row))]),
        _ => throw new NotSupportedException($"{array.GetType().Name} can't be kept."),
    };

    static KeptNumbers<T> Numbers<T>(PrimitiveArray<T> values) where T : struct, IEquatable<T> =>
        new([.. Enumerable.Range(0, values.Length).Select(values.GetValue)]);
}
