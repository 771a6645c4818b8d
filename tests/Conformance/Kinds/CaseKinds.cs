using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>How a case ended.</summary>
/// <param name="Passed">Whether it did what was expected.</param>
/// <param name="Reason">Why not; empty when it passed.</param>
public sealed record Verdict(bool Passed, string Reason);

/// <summary>The kinds of case that can be judged. A further kind is a class
/// implementing <see cref="ICaseKind"/> and an entry here.</summary>
public static class CaseKinds
{
    static readonly Dictionary<string, ICaseKind> All = new ICaseKind[]
    {
        new GenredKind(), new VjpKind(), new LazyTensorKind("lazytensor"), new LazyTensorKind("lazytensor_error"), new SolveKind(),
    }.ToDictionary(kind => kind.Name);

    /// <summary>Runs a case on an engine. Never throws: a crash of the engine is a failed case.</summary>
    public static Verdict Judge(GoldenCase golden, ICaseEngine engine)
    {
        try
        {
            if (!All.TryGetValue(golden.Kind, out var kind)) return Failed($"kind '{golden.Kind}' not supported yet");
            var result = kind.Compute(golden, engine);
            if (golden.ExpectError)
                return Failed($"expected an error, got {string.Join(" and ", result.Outputs.Select(output => output.ShapeText))}");
            return Comparison.Difference(golden.Expected, result.Outputs, golden.Rtol, golden.Atol) is { } difference
                ? Failed(difference)
                : new Verdict(true, "");
        }
        catch (KeopsException refusal)
        {
            return golden.ExpectError ? new Verdict(true, "") : Failed($"refused: {refusal.Message}");
        }
        catch (Exception crash)
        {
            return Failed($"crashed: {crash.GetType().Name}: {crash.Message}");
        }
    }

    static Verdict Failed(string reason) => new(false, reason.ReplaceLineEndings(" "));
}
