using Distributed.Keops.Client;

namespace Distributed.Keops.Conformance;

/// <summary>An engine of the product: cases may also be evaluated through the rest of its API.</summary>
public interface IProductEngine : ISolveEngine
{
    /// <summary>What carries calls out.</summary>
    KeopsEngine Product { get; }
}
