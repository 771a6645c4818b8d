using Apache.Arrow;
using Apache.Arrow.Types;
using Distributed.Keops.Kernels;
using Array = Apache.Arrow.Array;

namespace Distributed.Keops.Data;

/// <summary>Stores Arrow arrays as components of rows.</summary>
internal static class ArrowColumns
{
    /// <summary>A field of a schema in the words of a cloud.</summary>
    public static CloudColumn Describe(Field field, int index)
    {
        var element = ElementOf(field.DataType);
        var type = ClrType(element ?? field.DataType);
        var name = type is not null ? CloudColumn.NumberName(type)! : (element ?? field.DataType) is StringType ? "string"
            : (element ?? field.DataType).Name;
        return new CloudColumn(field.Name, element is null ? name : $"list<{name}>", type, element is not null, index);
    }

    /// <summary>The length of the first vector that is not null.</summary>
    public static int? FindWidth(IArrowArray array)
    {
        if (array.Data.DataType is FixedSizeListType list)
            return list.ListSize;
        for (var row = 0; row < array.Length; row++)
            if (!array.IsNull(row))
                return Span(array, row).Length;
        return null;
    }

    /// <summary>Stores a whole array from <paramref name="component"/> on, <paramref name="width"/> values to a row.</summary>
    /// <exception cref="DataException">A value is null against the policy, or a vector has another length.</exception>
    public static void Store(IArrowArray array, CloudColumn column, int component, int width, RowSink sink)
    {
        var place = new Place((Array)array, column, component, width, sink);
        switch (column.IsList ? Elements(array) : array)
        {
            case FloatArray values: Store(place, values.Values); break;
            case DoubleArray values: Store(place, values.Values); break;
            case HalfFloatArray values: Store(place, values.Values); break;
            case Int8Array values: Store(place, values.Values); break;
            case Int16Array values: Store(place, values.Values); break;
            case Int32Array values: Store(place, values.Values); break;
            case Int64Array values: Store(place, values.Values); break;
            case UInt8Array values: Store(place, values.Values); break;
            case UInt16Array values: Store(place, values.Values); break;
            case UInt32Array values: Store(place, values.Values); break;
            case UInt64Array values: Store(place, values.Values); break;
            case BooleanArray values: Store<bool>(place, Flags(values)); break;
            default: throw sink.Error($"A {column.TypeName} can't be a component of a point.", column);
        }
    }

    /// <summary>The rows' bytes where they lie, if the array is just what is asked for: the dtype, no nulls.</summary>
    public static ReadOnlyMemory<byte> TryGetRows(IArrowArray array, int firstRow, int rows, int width, ElementType type)
    {
        var elements = array is FixedSizeListArray list ? list.Values : array;
        var stored = type switch
        {
            ElementType.Float16 => ArrowTypeId.HalfFloat,
            ElementType.Float32 => ArrowTypeId.Float,
            _ => ArrowTypeId.Double,
        };
        var matches = array.NullCount == 0 && elements.NullCount == 0 && elements.Data.DataType.TypeId == stored
            && (array is FixedSizeListArray || width == 1);
        if (!matches)
            return default;
        var size = type.Size();
        var first = elements.Data.Offset + (array is FixedSizeListArray ? (long)array.Data.Offset + firstRow : firstRow) * width;
        return elements.Data.Buffers[1].Memory.Slice(checked((int)(first * size)), checked(rows * width * size));
    }

    static void Store<T>(Place place, ReadOnlySpan<T> values) where T : unmanaged
    {
        if (place.Column.IsList)
            StoreVectors(place, values);
        else
            StoreScalars(place, values);
    }

    static void StoreScalars<T>(Place place, ReadOnlySpan<T> values) where T : unmanaged
    {
        var (array, column, component, _, sink) = place;
        for (var row = 0; row < array.Length; row++)
        {
            var start = row;
            while (row < array.Length && (array.NullCount == 0 || !array.IsNull(row)))
                row = array.NullCount == 0 ? array.Length : row + 1;
            sink.Fill(values[start..row], start, component);
            if (row < array.Length)
                sink.Null(column, row, component);
        }
    }

    static void StoreVectors<T>(Place place, ReadOnlySpan<T> values) where T : unmanaged
    {
        var (array, column, component, width, sink) = place;
        var elements = Elements(array);
        if (array is FixedSizeListArray && array.NullCount == 0 && elements.NullCount == 0 && Span(array, 0).Length == width)
        {
            sink.Fill(values.Slice(Span(array, 0).Start, array.Length * width), 0, component, width);
            return;
        }

        for (var row = 0; row < array.Length; row++)
        {
            if (array.IsNull(row))
            {
                sink.Null(column, row, component, width);
                continue;
            }
            var (start, length) = Span(array, row);
            if (length != width)
                throw sink.Error($"The vector has {length} values, {width} were expected as in the rows before; all vectors of a column "
                    + "must be equally long.", column, row);
            sink.Fill(values.Slice(start, width), row, component, width);
            for (var c = 0; elements.NullCount != 0 && c < width; c++)
                if (elements.IsNull(start + c))
                    sink.Null(column, row, component + c);
        }
    }

    /// <summary>Where the elements of a row lie. A sliced list keeps its parent's elements, so its own offset counts.</summary>
    static (int Start, int Length) Span(IArrowArray array, int row) => array switch
    {
        FixedSizeListArray list => Fixed(list, ((FixedSizeListType)list.Data.DataType).ListSize, row),
        ListArray list => (list.ValueOffsets[row], list.GetValueLength(row)),
        LargeListArray list => (checked((int)list.ValueOffsets[row]), list.GetValueLength(row)),
        _ => throw new ArgumentException($"{array.GetType().Name} is no list.", nameof(array)),
    };

    static (int, int) Fixed(FixedSizeListArray list, int size, int row) => (checked((list.Offset + row) * size), size);

    static IArrowArray Elements(IArrowArray array) => array switch
    {
        FixedSizeListArray list => list.Values,
        ListArray list => list.Values,
        LargeListArray list => list.Values,
        _ => array,
    };

    static bool[] Flags(BooleanArray values)
    {
        var flags = new bool[values.Length];
        for (var n = 0; n < flags.Length; n++)
            flags[n] = values.GetValue(n) ?? false;
        return flags;
    }

    static IArrowType? ElementOf(IArrowType type) => type switch
    {
        FixedSizeListType list => list.ValueDataType,
        ListType list => list.ValueDataType,
        LargeListType list => list.ValueDataType,
        _ => null,
    };

    static Type? ClrType(IArrowType type) => type.TypeId switch
    {
        ArrowTypeId.Float => typeof(float),
        ArrowTypeId.Double => typeof(double),
        ArrowTypeId.HalfFloat => typeof(Half),
        ArrowTypeId.Int8 => typeof(sbyte),
        ArrowTypeId.Int16 => typeof(short),
        ArrowTypeId.Int32 => typeof(int),
        ArrowTypeId.Int64 => typeof(long),
        ArrowTypeId.UInt8 => typeof(byte),
        ArrowTypeId.UInt16 => typeof(ushort),
        ArrowTypeId.UInt32 => typeof(uint),
        ArrowTypeId.UInt64 => typeof(ulong),
        ArrowTypeId.Boolean => typeof(bool),
        _ => null,
    };

    readonly record struct Place(Array Array, CloudColumn Column, int Component, int Width, RowSink Sink);
}
