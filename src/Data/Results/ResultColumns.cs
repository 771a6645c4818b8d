using System.Collections.Immutable;
using System.Globalization;

namespace Distributed.Keops.Data;

/// <summary>How the columns of a result are named: after the reduction, so that a table explains itself.</summary>
public static class ResultColumns
{
    /// <summary>Up to so many components stand in columns of their own; more in one list column.</summary>
    public const int WidestFlat = 16;

    /// <summary>
    /// The columns for a reduction's output of <paramref name="dim"/> components, times <paramref name="k"/> neighbours if given.
    /// <code>
    /// dim 1          sum                    k = 2, dim 1     kmin_0, kmin_1
    /// dim 3          sum_0, sum_1, sum_2    k = 2, dim 3     kmin_0_0, kmin_0_1, kmin_0_2, kmin_1_0, …   (name_k_d)
    /// dim 17         sum as a list of 17    k = 2, dim 17    kmin_0, kmin_1, each a list of 17
    /// </code>
    /// The columns stand in the order of a row-major row: k slowest, component fastest.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dim"/> or <paramref name="k"/> is less than 1.</exception>
    public static ImmutableArray<ResultColumn> For(string baseName, int dim, int? k, ResultKind kind = ResultKind.Float32,
        bool nullable = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(baseName);
        ArgumentOutOfRangeException.ThrowIfLessThan(dim, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(k ?? 1, 1, nameof(k));

        var names = k is null ? [baseName] : Numbered(baseName, k.Value);
        return dim is > 1 and <= WidestFlat
            ? [.. names.SelectMany(name => Numbered(name, dim)).Select(name => new ResultColumn(name, kind, 1, nullable))]
            : [.. names.Select(name => new ResultColumn(name, kind, dim, nullable))];
    }

    static string[] Numbered(string name, int count) =>
        [.. Enumerable.Range(0, count).Select(n => string.Create(CultureInfo.InvariantCulture, $"{name}_{n}"))];
}
