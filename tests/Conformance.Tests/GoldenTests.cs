using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Oracle;
using Xunit;

namespace Distributed.Keops.Conformance.Tests;

/// <summary>Every engine gives KeOps' results: the product's, and the oracle that other tests lean on.</summary>
public sealed class GoldenTests
{
    static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "golden");

    public static TheoryData<string, string> EnginesAndGroups()
    {
        string[] groups =
        [
            "unary", "binary", "vector_ops", "reductions", "kmin", "block_sparse",
            "batch", "errors", "complex", "tensor_ops", "dtype_acc", "gradients",
            "symbolic_diff", "oracle_not_keops", "bspline_softdtw",
        ];
        var data = new TheoryData<string, string>();
        foreach (var engine in CaseEngines.All.Keys)
            foreach (var group in groups) data.Add(engine, group);
        return data;
    }

    [Theory]
    [MemberData(nameof(EnginesAndGroups))]
    public void An_engine_passes_every_genred_case(string name, string group)
    {
        var engine = CaseEngines.All[name]();
        using var owned = engine as IDisposable;
        // The oracle has no derivative of time warping: those cases are for engines.
        var cases = GoldenSuite.Read(Golden, group).Single().Cases
            .Where(golden => golden.Kind == "genred" && !(name == "oracle" && golden.Name.StartsWith("softdtw_grad", StringComparison.Ordinal))).ToList();
        Assert.NotEmpty(cases);
        var failures = cases.Select(golden => (golden.Name, Verdict: CaseKinds.Judge(golden, engine)))
            .Where(judged => !judged.Verdict.Passed).Select(judged => $"{judged.Name}: {judged.Verdict.Reason}");
        Assert.Empty(failures);
    }

    [Fact]
    public void Every_operation_of_the_language_has_a_rule() =>
        // The two derivatives of time warping are vouched for by KeOps' own results alone.
        Assert.All(
            Operations.All.OfType<Operation>().Where(operation => !operation.Name.StartsWith("SoftDTW_SqDistGrad", StringComparison.Ordinal)),
            operation => Assert.True(FormulaOracle.Knows(operation.Name), operation.Name));
}
