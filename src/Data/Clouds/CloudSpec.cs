using System.Collections.Immutable;

namespace Distributed.Keops.Data;

/// <summary>
/// What a user writes to name a cloud: <c>path</c> or <c>path:col1,col2</c>. The path is a file, a directory or a pattern with
/// <c>* ? ** [ ]</c>; the columns stand behind the last <c>:</c> of its last segment and become the components of a row, in
/// this order. Without columns, all numeric columns are taken.
/// </summary>
/// <example><c>lake/points.parquet:x,y,z</c>, <c>lake/2026/**/*.parquet:embedding</c>, <c>points.arrow</c></example>
public sealed record CloudSpec
{
    /// <summary>Names a cloud by its parts.</summary>
    /// <exception cref="DataException">The path is empty, or a column can't be written in a spec.</exception>
    public CloudSpec(string path, params IEnumerable<string> columns)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            throw new DataException("A cloud needs a path: write path or path:col1,col2.");

        foreach (var scheme in (string[])["s3://", "az://", "abfss://", "http://", "https://", "gs://"])
            if (path.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                throw new DataException(
                    $"Clouds are read from file systems so far; {scheme} can't be opened. Mount the store or copy the files.", path);

        Path = path.StartsWith("file://", StringComparison.OrdinalIgnoreCase) ? new Uri(path).LocalPath : path;
        Columns = [.. columns];
        foreach (var column in Columns)
        {
            if (column.Length == 0 || column != column.Trim() || column.AsSpan().IndexOfAny(",:/") >= 0)
                throw new DataException($"'{column}' can't name a column in {path}: names without ',', ':', '/' and outer blanks, "
                    + "separated by commas, were expected.", path);
            if (Columns.IndexOf(column) != Columns.LastIndexOf(column))
                throw new DataException($"Column '{column}' is named twice.", path);
        }
    }

    /// <summary>The file, directory or pattern.</summary>
    public string Path { get; }

    /// <summary>The columns that become the components of a row; empty for all numeric ones.</summary>
    public ImmutableArray<string> Columns { get; }

    /// <summary>Reads a spec.</summary>
    /// <exception cref="DataException">The text names no path, or names a column twice or not at all.</exception>
    public static CloudSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.LastIndexOf(':');
        // A colon before the last segment belongs to the path, as does the one of a Windows drive.
        var drive = colon == 1 && char.IsAsciiLetter(text[0]) && text.Length > 2 && text[2] is '\\';
        if (colon < 0 || colon < text.LastIndexOf('/') || drive)
            return new CloudSpec(text);

        var columns = text[(colon + 1)..];
        return new CloudSpec(text[..colon], columns.Length == 0 ? [] : columns.Split(',', StringSplitOptions.TrimEntries));
    }

    /// <summary>The text that <see cref="Parse"/> reads back to an equal spec.</summary>
    public override string ToString()
    {
        if (Columns.Length > 0)
            return $"{Path}:{string.Join(',', Columns)}";

        // A bare trailing colon keeps a colon inside the file's name from being read as columns.
        return Path.LastIndexOf(':') > Path.LastIndexOf('/') ? Path + ":" : Path;
    }

    /// <summary>Two specs are equal when path and columns are.</summary>
    public bool Equals(CloudSpec? other) => other is not null && Path == other.Path && Columns.SequenceEqual(other.Columns);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Path, Columns.Length, Columns.FirstOrDefault());
}
