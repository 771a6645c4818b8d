using Distributed.Keops.Kernels;

namespace Distributed.Keops.Data;

/// <summary>
/// Where a row group is decoded to: rows × dim values, row-major. Both formats hand their columns in here, so conversion, nulls and the
/// place of an error are decided once.
/// </summary>
/// <remarks>
/// One row:  | component of column 0 | … | width components of a list column | … |
/// </remarks>
internal sealed unsafe class RowSink(
    byte* start, int rows, int dim, ElementType type, NullPolicy nulls, string? path, CloudRowGroup group, long fileFirstRow)
{
    public int Rows => rows;

    /// <summary>Bit r is 0 where row r holds a null; null while there is none.</summary>
    public ulong[]? Valid { get; private set; }

    /// <summary>Stores <paramref name="width"/> values for each row from <paramref name="firstRow"/> on.</summary>
    public void Fill<T>(ReadOnlySpan<T> values, int firstRow, int component, int width = 1) where T : unmanaged
    {
        var target = (long)firstRow * dim + component;
        if (type == ElementType.Float32)
            Conversion.Scatter(values, (float*)start + target, dim, width);
        else if (type == ElementType.Float64)
            Conversion.Scatter(values, (double*)start + target, dim, width);
        else
            Conversion.Scatter(values, (Half*)start + target, dim, width);
    }

    /// <summary>Stores a null over <paramref name="width"/> components, as NaN.</summary>
    /// <exception cref="DataException">The policy does not allow nulls.</exception>
    public void Null(CloudColumn column, int row, int component, int width = 1)
    {
        if (nulls == NullPolicy.Error)
            throw Error("The value is null; fill it, or skip rows with nulls (--nulls skip).", column, row);

        Valid ??= RowMask.All(rows);
        Valid[row >> 6] &= ~(1UL << row);
        for (var c = 0; c < width; c++)
            Fill([float.NaN], row, component + c);
    }

    /// <summary>An error in this row group; <paramref name="row"/> counts from its beginning.</summary>
    public DataException Error(string problem, CloudColumn column, int? row = null, Exception? cause = null) => new(problem, path, cause)
    {
        Column = column.Name,
        RowGroup = group.Index,
        Row = group.FirstRow + row,
        FileRow = fileFirstRow + row,
    };
}
