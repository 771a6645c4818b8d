using Distributed.Keops.Data;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Client.Local;

/// <summary>Where blocks of results go, in the order of their rows.</summary>
abstract class ResultSink : IAsyncDisposable
{
    /// <param name="batch">The batch.</param>
    /// <param name="block">Its rows; values of null rows mean nothing.</param>
    /// <param name="valid">Which of the rows are not null; null when all are.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public abstract Task WriteAsync(int batch, ResultBlock block, RowMask? valid, CancellationToken cancellationToken);

    public abstract Task<IReadOnlyList<ResultArray>> CompleteAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
