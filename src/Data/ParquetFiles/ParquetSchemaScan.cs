using System.Text;

namespace Distributed.Keops.Data;

/// <summary>
/// Walks the schema of a Parquet footer (Thrift's compact protocol) just far enough to find a float16 column: the one type that
/// Parquet.Net can't even list. Field numbers are those of the format's parquet.thrift.
/// </summary>
internal ref struct ParquetSchemaScan
{
    const int Stop = 0, True = 1, False = 2, I8 = 3, I16 = 4, I32 = 5, I64 = 6, Double = 7, Binary = 8, List = 9, Set = 10, Map = 11, Struct = 12;
    const int FileSchema = 2, ElementName = 4, ElementLogicalType = 10, LogicalFloat16 = 15;
    const int DeepestNesting = 32;

    readonly ReadOnlySpan<byte> _bytes;
    int _at;

    ParquetSchemaScan(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The name of the first float16 column, or null.</summary>
    public static string? FindHalf(ReadOnlySpan<byte> footer)
    {
        var scan = new ParquetSchemaScan(footer);
        for (var field = 0; scan.Next(ref field, out var type);)
        {
            if (field != FileSchema)
                scan.Skip(type);
            else
                for (var (count, _) = scan.ListHeader(); count > 0; count--)
                    if (scan.Element() is { } name)
                        return name;
        }
        return null;
    }

    /// <summary>Reads one SchemaElement; its name if it is a float16.</summary>
    string? Element()
    {
        string? name = null;
        var half = false;
        for (var field = 0; Next(ref field, out var type);)
        {
            if (field == ElementName)
                name = Encoding.UTF8.GetString(Take((int)Varint()));
            else if (field == ElementLogicalType)
                for (var kind = 0; Next(ref kind, out var kindType); Skip(kindType))
                    half |= kind == LogicalFloat16;
            else
                Skip(type);
        }
        return half ? name : null;
    }

    /// <summary>The head of a struct's next field: its number as a difference in the high half byte, its type in the low one.</summary>
    bool Next(ref int field, out int type)
    {
        var head = Take(1)[0];
        type = head & 15;
        if (head == Stop)
            return false;
        field = head >> 4 != 0 ? field + (head >> 4) : (int)ZigZag();
        return true;
    }

    (int Count, int Type) ListHeader()
    {
        var head = Take(1)[0];
        return (head >> 4 == 15 ? (int)Varint() : head >> 4, head & 15);
    }

    void Skip(int type, int depth = 0)
    {
        if (depth > DeepestNesting)
            throw new InvalidDataException("A Parquet footer nests its structs too deep.");
        switch (type)
        {
            case True or False: break;
            case I8: Take(1); break;
            case I16 or I32 or I64: Varint(); break;
            case Double: Take(8); break;
            case Binary: Take((int)Varint()); break;
            case List or Set:
                // The two booleans take a byte each inside a list.
                for (var (count, item) = ListHeader(); count > 0; count--)
                    Skip(item is True or False ? I8 : item, depth + 1);
                break;
            case Struct:
                for (var field = 0; Next(ref field, out var inner);)
                    Skip(inner, depth + 1);
                break;
            case Map:
            default: throw new InvalidDataException($"Unexpected Thrift type {type} in a Parquet footer.");
        }
    }

    ReadOnlySpan<byte> Take(int count)
    {
        var taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
                return value;
        }
    }

    long ZigZag()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
