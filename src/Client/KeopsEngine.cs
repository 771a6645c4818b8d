using Distributed.Keops.Data;

namespace Distributed.Keops.Client;

/// <summary>
/// Carries out reductions: in this process (<c>CreateLocal</c>), on a silo in this process, or on a cluster. One type and one
/// API for all; the same call gives the same bits on equal processors. Safe for several threads.
/// </summary>
public abstract partial class KeopsEngine : IAsyncDisposable
{
    /// <summary>Carries out a reduction.</summary>
    /// <param name="call">What is computed, and of what.</param>
    /// <param name="progress">Told now and then how far it is; may be null.</param>
    /// <param name="cancellationToken">Ends the reduction; nothing is left under the output's name.</param>
    /// <exception cref="Kernels.KeopsException">The call does not fit together, or the data can't be read or written.</exception>
    public async Task<ReductionResult> ReduceAsync(
        ReductionCall call, IProgress<ReductionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        call = await new CallEvaluation(this).WithResultsAsync(call, cancellationToken).ConfigureAwait(false);
        var ordered = await OrderedCall.CreateAsync(CallData.Resolve(call), cancellationToken).ConfigureAwait(false);
        var result = ordered.Restore(await RunAsync(ordered.Call, progress, cancellationToken).ConfigureAwait(false));
        if (call.GradientOf is { } variable && result.Arrays is [var gradient])
            return result with { Arrays = [BatchSum.OfGradient(call, variable, gradient)] };
        return call.IsComplex || call.IsVector
            ? result with { Arrays = [.. result.Arrays.Select(a => a.Shaped(call.IsComplex, call.IsVector))] }
            : result;
    }

    /// <summary>Carries out a reduction whose variables have rows or values for each batch.</summary>
    internal abstract Task<ReductionResult> RunAsync(
        ReductionCall call, IProgress<ReductionProgress>? progress, CancellationToken cancellationToken);

    /// <summary>The rows of a cloud, nulls or not, by its files' footers.</summary>
    /// <exception cref="Kernels.KeopsException">The files can't be read.</exception>
    internal abstract Task<long> CountRowsAsync(CloudSpec cloud, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
