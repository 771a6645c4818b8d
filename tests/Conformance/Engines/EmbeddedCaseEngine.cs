using Distributed.Keops.Client;
using Distributed.Keops.Silo;

namespace Distributed.Keops.Conformance;

/// <summary>Answers calls with a silo in this process, through the same grains as a cluster.</summary>
public sealed class EmbeddedCaseEngine : IProductEngine, IDisposable
{
    readonly EmbeddedSilo _silo = EmbeddedSilo.StartAsync().GetAwaiter().GetResult();
    readonly KeopsCaseEngine _engine;

    /// <summary>Starts the silo.</summary>
    public EmbeddedCaseEngine() => _engine = new KeopsCaseEngine(_silo.Engine);

    /// <inheritdoc/>
    public KeopsEngine Product => _silo.Engine;

    /// <inheritdoc/>
    public CaseResult Run(GenredCall call) => _engine.Run(call);

    /// <inheritdoc/>
    public CaseResult Solve(SolveCase system) => _engine.Solve(system);

    /// <inheritdoc/>
    public void Dispose() => _silo.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
