namespace Distributed.Keops.Conformance;

/// <summary>A linear system solved by KeOps' KernelSolve.</summary>
public sealed class SolveKind : ICaseKind
{
    /// <inheritdoc/>
    public string Name => "solve";

    /// <inheritdoc/>
    public CaseResult Compute(GoldenCase golden, ICaseEngine engine)
    {
        if (engine is not ISolveEngine solver) throw new NotSupportedException("the engine solves no systems");
        var product = new GenredCall
        {
            Formula = golden.Text("formula")!,
            Aliases = [.. golden.Json.GetProperty("aliases").EnumerateArray().Select(alias => alias.GetString()!)],
            Reduction = "Sum",
            Axis = golden.Json.GetProperty("axis").GetInt32(),
            Dtype = golden.Dtype,
            Args = golden.Args,
            Ranges = GenredKind.ReadRanges(golden),
            BatchDims = golden.Field("batch")?.GetArrayLength() ?? 0,
        };
        return solver.Solve(new SolveCase(
            product,
            golden.Text("var")!,
            golden.Field("alpha")?.GetDouble() ?? 1e-10,
            golden.Field("eps")?.GetDouble() ?? 1e-6));
    }
}
