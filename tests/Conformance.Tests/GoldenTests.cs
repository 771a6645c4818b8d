using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Oracle;
using Xunit;

namespace Distributed.Keops.Conformance.Tests;

/// <summary>Every engine gives KeOps' results: the product's, and the oracle that other tests lean on.</summary>
public sealed class GoldenTests
{
    static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "golden");

    // An engine stands only beside groups that have something for it to judge.
    public static TheoryData<string, string> EnginesAndGroups()
    {
        var data = new TheoryData<string, string>();
        foreach (var group in GoldenSuite.Read(Golden))
        {
            foreach (var engine in CaseEngines.All.Keys.Where(engine => group.Cases.Any(golden => Judges(engine, golden))))
                data.Add(engine, group.Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(EnginesAndGroups))]
    public void An_engine_passes_every_case_it_can_judge(string name, string group)
    {
        if (name == "cuda") CudaHost.Require();
        var engine = CaseEngines.All[name]();
        using var owned = engine as IDisposable;
        var failures = GoldenSuite.Read(Golden, group).Single().Cases.Where(golden => Judges(name, golden))
            .Select(golden => (golden.Name, Verdict: CaseKinds.Judge(golden, engine)))
            .Where(judged => !judged.Verdict.Passed).Select(judged => $"{judged.Name}: {judged.Verdict.Reason}");
        Assert.Empty(failures);
    }

    [Theory]
    [InlineData("genred")]
    [InlineData("lazytensor")]
    [InlineData("lazytensor_error")]
    [InlineData("solve")]
    [InlineData("vjp")]
    public void Every_kind_of_case_is_there(string kind) =>
        Assert.Contains(GoldenSuite.Read(Golden), group => group.Cases.Any(golden => golden.Kind == kind));

    [Fact]
    public void Every_operation_of_the_language_has_a_rule() =>
        // The two derivatives of time warping are vouched for by KeOps' own results alone.
        Assert.All(
            Operations.All.OfType<Operation>()
                .Where(operation => !operation.Name.StartsWith("SoftDTW_SqDistGrad", StringComparison.Ordinal)),
            operation => Assert.True(FormulaOracle.Knows(operation.Name), operation.Name));

    // The product's engines judge everything; the oracle evaluates formulas and systems, and has no derivative of time warping.
    static bool Judges(string engine, GoldenCase golden) => engine != "oracle"
        || (golden.Kind is "genred" or "solve" && !golden.Name.StartsWith("softdtw_grad", StringComparison.Ordinal));
}
