namespace Distributed.Keops.Data;

/// <summary>A column of a result table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The type of its values.</param>
/// <param name="Width">The values of a row: 1 is a plain column, more a Parquet list of so many values in every row.</param>
/// <param name="Nullable">Whether a row may be null, as rows of the input with nulls make it.</param>
public sealed record ResultColumn(string Name, ResultKind Kind, int Width = 1, bool Nullable = false)
{
    /// <summary>The bytes of one row in memory.</summary>
    public int RowBytes => Width * Kind.Size();
}
