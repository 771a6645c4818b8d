using Distributed.Keops.Client.Local;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Client.Cluster;

/// <summary>Fetches a job's result blocks, several at a time, and hands them on as they stand in the result.</summary>
sealed class ResultFetcher(IGrainFactory grains, IJobGrain job, CompiledReduction compiled, bool hasNulls)
{
    const int BlocksInFlight = 4;

    readonly int[] _rowBytes =
    [
        .. compiled.Program.Monoid.Outputs.Select(o => o.Length * (o.Type == ComponentType.Index ? sizeof(long) : compiled.Type.Size())),
    ];

    /// <exception cref="KeopsFaultException">A block is gone with its silo.</exception>
    public async Task FetchAsync(ResultSink sink, CancellationToken cancellationToken)
    {
        var fetching = new Queue<Task<(ResultSlice, ReadOnlyMemory<byte>)>>();
        for (int first = 0, total = 1; first < total;)
        {
            var page = await PageAsync(first, cancellationToken).ConfigureAwait(false);
            foreach (var slice in page.Parts)
            {
                if (fetching.Count == BlocksInFlight) await PutAsync(await fetching.Dequeue().ConfigureAwait(false)).ConfigureAwait(false);
                fetching.Enqueue(FetchAsync(slice, cancellationToken));
            }

            (first, total) = (first + page.Parts.Length, page.Total);
        }

        while (fetching.TryDequeue(out var last)) await PutAsync(await last.ConfigureAwait(false)).ConfigureAwait(false);

        Task PutAsync((ResultSlice Slice, ReadOnlyMemory<byte> Bytes) fetched)
        {
            var columns = new byte[_rowBytes.Length][];
            var at = 0;
            for (var o = 0; o < columns.Length; o++)
            {
                columns[o] = fetched.Bytes.Slice(at, _rowBytes[o] * fetched.Slice.Rows).ToArray();
                at += columns[o].Length;
            }

            var (batch, firstRow, rows) = (fetched.Slice.Batch, fetched.Slice.FirstRow, fetched.Slice.Rows);
            var valid = hasNulls ? RowMask.FromBytes(firstRow, rows, fetched.Bytes.Span[at..]) : null;
            return sink.WriteAsync(batch, new ResultBlock(firstRow, rows, columns), valid, cancellationToken);
        }
    }

    async Task<(ResultSlice, ReadOnlyMemory<byte>)> FetchAsync(ResultSlice slice, CancellationToken cancellationToken) =>
        (slice, await BlockPull.FetchAsync(grains, slice.Block, cancellationToken).ConfigureAwait(false));

    async Task<ResultPage> PageAsync(int first, CancellationToken cancellationToken)
    {
        try
        {
            var page = await job.Results(first).WaitAsync(cancellationToken).ConfigureAwait(false);
            // A coordinator that came back after the job's end has no results to show.
            if (page.Total > 0 || first > 0) return page;
            var status = await job.Status().WaitAsync(cancellationToken).ConfigureAwait(false);
            return status.Shape is { Rows: 0 }
                ? page
                : throw new KeopsFaultException(FaultKind.LostBlock, "The results were lost with the job's coordinator.");
        }
        catch (Exception error) when (Transient.Is(error))
        {
            throw new KeopsFaultException(FaultKind.LostBlock, $"The job's coordinator is gone: {error.Message}");
        }
    }
}
