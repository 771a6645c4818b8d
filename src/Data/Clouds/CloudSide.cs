using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Data;

/// <summary>
/// The clouds that are zipped on one axis of a reduction: equal row counts checked, and, where nulls are skipped, which rows
/// are whole in all of them. Owns the clouds.
/// </summary>
public sealed class CloudSide : IAsyncDisposable
{
    const int RowsAtOnce = 1 << 20;

    readonly List<PointCloud> _clouds = [];
    ImmutableArray<long>? _whole;

    /// <summary>The clouds, in the order of their specs.</summary>
    public IReadOnlyList<PointCloud> Clouds => _clouds;

    /// <summary>The rows of each cloud; 1 when there is none.</summary>
    public long RowCount => _clouds.Count == 0 ? 1 : _clouds[0].RowCount;

    /// <summary>The numbers of the rows without a null in any cloud; null when all are whole or nulls are refused.</summary>
    public ImmutableArray<long>? WholeRows => _whole;

    /// <summary>Opens clouds.</summary>
    /// <param name="axis">What errors call the axis: i or j.</param>
    /// <param name="specs">The clouds.</param>
    /// <param name="options">How each is read.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="DataException">A cloud can't be opened, row counts differ, or (unless skipped) a null was found later.</exception>
    public static async Task<CloudSide> OpenAsync(
        string axis, IEnumerable<CloudSpec> specs, CloudOptions options, CancellationToken cancellationToken)
    {
        var side = new CloudSide();
        try
        {
            foreach (var spec in specs)
                side._clouds.Add(await PointCloud.OpenAsync(spec, options, cancellationToken)
                    .ConfigureAwait(false));
            if (side._clouds.Count > 0) RowCounts.RequireEqual(axis, [.. side._clouds.Select(c => (c.Spec.ToString(), (IRowSource)c))]);
            if (options.Nulls == NullPolicy.Skip) side._whole = await side.FindWholeRowsAsync(cancellationToken).ConfigureAwait(false);
            return side;
        }
        catch
        {
            await side.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Rows as the reduced side sees them, a cloud's or those of an array beside it: without those that are not whole.</summary>
    /// <exception cref="DataException">They are more or fewer than the clouds' rows.</exception>
    public IRowSource Reduced(IRowSource rows)
    {
        if (_whole is not { } whole) return rows;
        return rows.RowCount == RowCount
            ? new SelectedRows(rows, whole.AsMemory())
            : throw new DataException(
                $"{rows.RowCount} rows beside {_clouds[0].Spec} with {RowCount}: expected as many, those with nulls included.");
    }

    /// <summary>Ranges of a cloud's rows as the reduced side sees them: without the rows that are not whole.</summary>
    /// <exception cref="KeopsException">An interval names rows that the cloud has not; it is named.</exception>
    public AxisRanges? Reduced(AxisRanges? ranges) => _whole is { } rows ? ranges?.Without(rows, RowCount) : ranges;

    /// <summary>Which of a run of output rows are whole; null when all are.</summary>
    public RowMask? Mask(long firstRow, int rows)
    {
        if (_whole is not { } whole) return null;
        var at = whole.BinarySearch(firstRow);
        if (at < 0) at = ~at;
        var valid = new HashSet<long>();
        for (; at < whole.Length && whole[at] < firstRow + rows; at++) valid.Add(whole[at] - firstRow);
        return valid.Count == rows ? null : RowMask.Create(firstRow, rows, r => valid.Contains(r));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var cloud in _clouds) await cloud.DisposeAsync().ConfigureAwait(false);
    }

    async Task<ImmutableArray<long>?> FindWholeRowsAsync(CancellationToken cancellationToken)
    {
        var whole = ImmutableArray.CreateBuilder<long>();
        for (long first = 0; first < RowCount; first += RowsAtOnce)
        {
            var rows = (int)Math.Min(RowsAtOnce, RowCount - first);
            var masks = new List<RowMask>();
            foreach (var cloud in _clouds)
            {
                if (await cloud.ReadValidityAsync(first, rows, cancellationToken).ConfigureAwait(false) is { } mask) masks.Add(mask);
            }

            for (var r = 0; r < rows; r++)
            {
                if (masks.TrueForAll(m => m[r])) whole.Add(first + r);
            }
        }

        return whole.Count == RowCount ? null : whole.ToImmutable();
    }
}
