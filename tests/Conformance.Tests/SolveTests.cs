using Xunit;

namespace Distributed.Keops.Conformance.Tests;

/// <summary>Every engine solves KeOps' systems: the product's by iterations, the oracle directly.</summary>
public sealed class SolveTests
{
    public static TheoryData<string> Engines() => [.. CaseEngines.All.Keys];

    [Theory]
    [MemberData(nameof(Engines))]
    public void An_engine_passes_every_solve_case(string name)
    {
        var engine = CaseEngines.All[name]();
        using var owned = engine as IDisposable;
        var cases = GoldenSuite.Read(Path.Combine(AppContext.BaseDirectory, "golden"), "solve").Single().Cases;
        Assert.NotEmpty(cases);
        var failures = cases.Select(golden => (golden.Name, Verdict: CaseKinds.Judge(golden, engine)))
            .Where(judged => !judged.Verdict.Passed).Select(judged => $"{judged.Name}: {judged.Verdict.Reason}");
        Assert.Empty(failures);
    }
}
