using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client.Cluster;

/// <summary>Errors of the cluster as those that the same mistake gives in this process.</summary>
static class Failures
{
    /// <summary>An error that crossed the wire.</summary>
    public static KeopsException Of(KeopsFaultException fault) => Of(fault.Kind, fault.Message, fault);

    /// <summary>The error of a job that has ended without a result.</summary>
    public static KeopsException Of(JobStatus status) => status.Phase == JobPhase.Cancelled
        ? new KeopsException("The job was cancelled by somebody else.")
        : Of(status.Fault, status.Message ?? $"The job ended as {status.Phase}.", null);

    static KeopsException Of(FaultKind kind, string message, Exception? inner) => kind switch
    {
        FaultKind.Formula => new FormulaException(message),
        FaultKind.Data => new DataException(message),
        _ when inner is null => new KeopsException(message),
        _ => new KeopsException(message, inner),
    };
}
