using System.Collections.Immutable;

namespace Distributed.Keops.Data;

/// <summary>The columns that make up a row, in order, each with the number of components it gives.</summary>
internal sealed record Projection(ImmutableArray<CloudColumn> Columns, ImmutableArray<int> Widths)
{
    public int Dim => Widths.Sum();

    /// <summary>The columns a spec names in a file, or all numeric ones.</summary>
    public static ImmutableArray<CloudColumn> Resolve(CloudSpec spec, CloudReader reader)
    {
        var path = reader.Stamp.Path;
        if (spec.Columns.IsEmpty)
        {
            var scalars = reader.Columns.Where(column => column is { IsNumeric: true, IsList: false }).ToImmutableArray();
            if (!scalars.IsEmpty)
                return scalars;
            // A file of one vector column and, say, a label means the vector.
            return reader.Columns.FirstOrDefault(column => column.IsNumeric) is { } vector ? [vector]
                : throw new DataException($"No column holds numbers; the columns are {Names(reader)}.", path);
        }

        return [.. Named(spec.Columns, reader).Select(column => column.IsNumeric ? column : throw new DataException(
            column.TypeName.Contains("float16", StringComparison.Ordinal)
                ? "A float16 column of a Parquet file can't be decoded; write it as float32."
                : $"A {column.TypeName} can't be a component of a point; numbers, bool, or a list of numbers were expected.",
            path) { Column = column.Name })];
    }

    /// <summary>The columns of these names, of whatever type.</summary>
    public static ImmutableArray<CloudColumn> Named(ImmutableArray<string> names, CloudReader reader) =>
        [.. names.Select(name => reader.Columns.FirstOrDefault(column => column.Name == name) ?? throw Unknown(name, reader))];

    /// <summary>The columns of the first file in a later one: the same names and types.</summary>
    public static ImmutableArray<CloudColumn> Match(ImmutableArray<CloudColumn> first, string firstPath, CloudReader reader) =>
        [.. first.Select(expected =>
        {
            var column = reader.Columns.FirstOrDefault(column => column.Name == expected.Name) ?? throw Unknown(expected.Name, reader);
            return column.TypeName == expected.TypeName ? column : throw new DataException(
                $"The column is {column.TypeName} here but {expected.TypeName} in {firstPath}; the files of a cloud must agree.",
                reader.Stamp.Path) { Column = column.Name };
        })];

    static DataException Unknown(string name, CloudReader reader)
    {
        var nearest = reader.Columns.MinBy(column => Distance(name, column.Name));
        var hint = nearest is not null && Distance(name, nearest.Name) <= Math.Max(2, name.Length / 3)
            ? $" Did you mean '{nearest.Name}'?"
            : "";
        return new DataException($"There is no such column.{hint} The columns are {Names(reader)}.", reader.Stamp.Path) { Column = name };
    }

    static string Names(CloudReader reader) =>
        string.Join(", ", reader.Columns.Take(50)) + (reader.Columns.Count > 50 ? $" and {reader.Columns.Count - 50} more" : "");

    /// <summary>Levenshtein's distance without regard to case: edits between two names.</summary>
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1));
            }
        }
        return row[^1];
    }
}
