namespace Distributed.Keops.Conformance;

/// <summary>An expression on tensors, evaluated on the product's own LazyTensor; the
/// same kind with an error expected has another name.</summary>
public sealed class LazyTensorKind(string name) : ICaseKind
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public CaseResult Compute(GoldenCase golden, ICaseEngine engine)
    {
        if (engine is not IProductEngine product) throw new NotSupportedException("the engine has no tensors");
        var names = golden.Args.ToDictionary(arg => arg.Name, arg => (object?)CaseArrays.ToArray(arg));
        var tree = new LazyTree(product.Product, golden.RealDtype);
        return new CaseResult([.. tree.Evaluate(golden.Json.GetProperty("lazy_tree"), names).Select(CaseArrays.ToCase)]);
    }
}
