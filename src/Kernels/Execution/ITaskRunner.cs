using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// Carries out parts of a bound reduction on a device of this machine. The bits of the result depend on the plan and the engine alone.
/// </summary>
public interface ITaskRunner : IDisposable
{
    /// <summary>The pairs done so far, over all tasks.</summary>
    long PairsDone { get; }

    /// <summary>Computes the states of a task. Tasks are run one at a time; the caller owns what it gets.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<PartialStates> RunAsync(PlanTask task, CancellationToken cancellationToken);
}
