using System.Globalization;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Data;

/// <summary>Several sources on one axis are zipped row by row: row r of each belongs to point r.</summary>
public static class RowCounts
{
    /// <summary>Checks that all sources of an axis have the same number of rows, and returns it.</summary>
    /// <param name="axis">The axis for the message: <c>i</c> or <c>j</c>.</param>
    /// <param name="sources">The sources with the variables they feed.</param>
    /// <exception cref="DataException">The counts differ; the message names every source, its files and its count.</exception>
    public static long RequireEqual(string axis, params IReadOnlyList<(string Name, IRowSource Rows)> sources)
    {
        if (sources.Count == 0)
            throw new ArgumentException("An axis without sources has no row count.", nameof(sources));
        if (sources.All(source => source.Rows.RowCount == sources[0].Rows.RowCount))
            return sources[0].Rows.RowCount;

        var counts = sources.Select(source => string.Create(CultureInfo.InvariantCulture,
            $"{source.Name} has {source.Rows.RowCount}{Place(source.Rows)}"));
        throw new DataException(
            $"The sources of axis {axis} are zipped row by row and must have equally many rows: {string.Join("; ", counts)}.");
    }

    static string Place(IRowSource rows) => rows is not PointCloud cloud ? ""
        : cloud.Files.Length == 1 ? $" in {cloud.Files[0].Path}"
        : $" in the {cloud.Files.Length} files of {cloud.Spec.Path}";
}
