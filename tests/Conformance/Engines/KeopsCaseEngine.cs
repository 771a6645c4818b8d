using System.Collections.Immutable;
using Distributed.Keops.Client;

namespace Distributed.Keops.Conformance;

/// <summary>Answers calls with an engine of the product, through the API that programs use.</summary>
public sealed class KeopsCaseEngine(KeopsEngine engine) : IProductEngine, IDisposable
{
    /// <inheritdoc/>
    public KeopsEngine Product => engine;

    /// <inheritdoc/>
    public CaseResult Run(GenredCall call) =>
        new([.. engine.ReduceAsync(CaseCalls.Describe(call)).GetAwaiter().GetResult().Arrays.Select(CaseArrays.ToCase)]);

    /// <inheritdoc/>
    public CaseResult Solve(SolveCase system)
    {
        var product = system.Product;
        var solve = new KernelSolve(product.Formula, product.Aliases, system.Unknown, product.Axis);
        var call = solve.Call([.. product.Args.Select(CaseArrays.ToArray)]) with { Alpha = system.Alpha, Eps = system.Eps };
        if (product.Ranges is { } six)
            call = call with { Product = call.Product with { Ranges = Ranges.FromArrays([.. six.Select(r => r.ToImmutableArray())]) } };
        var result = engine.SolveAsync(call).GetAwaiter().GetResult();
        return new CaseResult([CaseArrays.ToCase(result.Solution)]);
    }

    /// <inheritdoc/>
    public void Dispose() => engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
