using System.Diagnostics;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Grains;

/// <summary>What stands around every call: the gate, the numbers, and errors in a form that crosses the wire.</summary>
sealed partial class WorkerGrain
{
    /// <summary>Work is let in while the gate is open; a stopping silo says so instead of pretending that the caller cancelled.</summary>
    async Task<T> Guarded<T>(TaskKind kind, string job, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        using var activity = activities.StartTask(kind, job);
        try
        {
            using var pass = gate.TryEnter() ?? throw Stopping();
            var result = await work();
            metrics.TaskDone(kind);
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            metrics.TaskCancelled(kind);
            throw;
        }
        catch (Exception error) when (!Transient.Is(error))
        {
            var fault = error is OperationCanceledException ? Stopping() : KeopsFaultException.From(error);
            metrics.TaskFailed(kind, fault.Kind);
            activity?.SetStatus(ActivityStatusCode.Error, fault.Message);
            throw fault;
        }
    }

    /// <summary>A question, which a stopping silo answers too.</summary>
    static async Task<T> Answered<T>(Func<Task<T>> answer)
    {
        try
        {
            return await answer();
        }
        catch (Exception error) when (!Transient.Is(error))
        {
            throw KeopsFaultException.From(error);
        }
    }

    KeopsFaultException Stopping() => new(FaultKind.Stopping, $"The silo {silo.Name} is stopping.");
}
