using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>
/// Something that carries out Genred calls. One instance serves a whole run, one call at a time; an engine that holds a process or
/// a cluster also implements <see cref="IDisposable"/> and is disposed at the end.
/// </summary>
public interface ICaseEngine
{
    /// <summary>Carries out a call.</summary>
    /// <exception cref="KeopsException">The call is refused; any other exception counts as a crash.</exception>
    CaseResult Run(GenredCall call);
}

/// <summary>What a call gave: one array, or two for the paired reductions (values, then indices), in the shapes of Genred.</summary>
public sealed record CaseResult(IReadOnlyList<CaseArray> Outputs);
