using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Oracle;
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
    [InlineData("complex")]
    [InlineData("tensor_ops")]
    [InlineData("dtype_acc")]
    [InlineData("gradients")]
    [InlineData("symbolic_diff")]
    [InlineData("oracle_not_keops")]
    public void The_oracle_passes_every_genred_case(string group)
    {
        var engine = new OracleEngine();
        var cases = GoldenSuite.Read(Golden, group).Single().Cases.Where(golden => golden.Kind == "genred").ToList();
        Assert.NotEmpty(cases);
        var failures = cases.Select(golden => (golden.Name, Verdict: CaseKinds.Judge(golden, engine)))
            .Where(judged => !judged.Verdict.Passed).Select(judged => $"{judged.Name}: {judged.Verdict.Reason}");
        Assert.Empty(failures);
    }

    [Fact]
    public void Every_operation_of_the_language_has_a_rule() =>
        Assert.All(Operations.All.OfType<Operation>(), operation => Assert.True(FormulaOracle.Knows(operation.Name), operation.Name));
}
