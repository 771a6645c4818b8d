using Distributed.Keops.Kernels;

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
        var variable = reduction.Variables.FirstOrDefault(v => v.Variable.Index == index)?.Variable
            ?? throw new KeopsException(
                $"wrt is '{golden.Text("wrt")}': expected one of {string.Join(", ", call.Args.Select(arg => arg.Name))}.");
        var gradient = product.Product.GradientAsync(reduction, variable, CaseArrays.ToArray(cotangent)).GetAwaiter().GetResult();
        return new CaseResult([CaseArrays.ToCase(gradient)]);
    }

    /// <summary>
    /// The argument that is meant. In the files' batch group the names x, y, b, p stand for the first, second, third and fourth argument,
    /// although p comes first there: what is called the gradient by x has shape and values of that by p. Shapes tell where that holds.
    /// </summary>
    static int Place(GoldenCase golden, IReadOnlyList<CaseArray> args)
    {
        var name = golden.Text("wrt")!;
        var counted = golden.Group == "batch" ? "xybp".IndexOf(name, StringComparison.Ordinal) : -1;
        return counted >= 0 && counted < args.Count && args[counted].Shape.SequenceEqual(golden.Expected[0].Shape)
            ? counted
            : args.ToList().FindIndex(arg => arg.Name == name);
    }
}
