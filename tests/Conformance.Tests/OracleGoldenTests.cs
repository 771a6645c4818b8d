using Xunit;

namespace Distributed.Keops.Conformance.Tests;

public sealed class OracleGoldenTests
{
    static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "golden");

    [Theory]
    [InlineData("unary")]
    [InlineData("binary")]
    [InlineData("vector_ops")]
    [InlineData("reductions")]
    [InlineData("kmin")]
    [InlineData("block_sparse")]
    [InlineData("batch")]
    [InlineData("errors")]
    public void The_oracle_passes_every_genred_case(string group)
    {
        var engine = new OracleEngine();
        var cases = GoldenSuite.Read(Golden, group).Single().Cases.Where(golden => golden.Kind == "genred").ToList();
        Assert.NotEmpty(cases);
        var failures = cases.Select(golden => (golden.Name, Verdict: CaseKinds.Judge(golden, engine)))
            .Where(judged => !judged.Verdict.Passed).Select(judged => $"{judged.Name}: {judged.Verdict.Reason}");
        Assert.Empty(failures);
    }
}
