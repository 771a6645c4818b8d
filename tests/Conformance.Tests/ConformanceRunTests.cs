using System.Text.Json;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using Xunit;

namespace Distributed.Keops.Conformance.Tests;

public sealed class ConformanceRunTests
{
    const string Call = """
        "dtype": "float64", "formula": "x", "aliases": ["x=Vi(1)"], "reduction": "Sum", "axis": 1, "ranges": null, "batch": null,
        "args": [{"name": "x", "shape": [2, 1], "data": [1, "inf"]}], "rtol": 1e-9, "atol": 1e-9
        """;

    static GoldenCase Case(string rest, string kind = "genred") =>
        new("group", JsonDocument.Parse($$"""{"name": "case", "kind": "{{kind}}", {{Call}}, {{rest}}}""").RootElement);

    static GoldenCase Expecting(string data, string shape = "[2, 1]") => Case($$"""
        "expected": {"shape": {{shape}}, "data": {{data}}}
        """);

    static readonly GoldenCase Refused = Case("\"expect_error\": true");

    static (string[] Lines, ConformanceRun Run) Report(ICaseEngine engine, params GoldenCase[] cases)
    {
        var output = new StringWriter();
        var run = new ConformanceRun(engine, output);
        run.Run([new GoldenGroup("group", cases)]);
        return (output.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n'), run);
    }

    [Fact]
    public void The_last_line_counts_everything_and_each_failure_is_named()
    {
        var (lines, run) = Report(FixedEngine.Giving([2, 1], 1, double.PositiveInfinity),
            Expecting("""[1, "inf"]"""), Expecting("""[2, "inf"]"""), Refused, Case("\"expected\": null", kind: "riddle"));

        Assert.Equal("1 passed, 3 failed", lines[^1]);
        Assert.Equal("group: 1 passed, 3 failed", lines[^2]);
        Assert.Equal((1, 3), (run.Passed, run.Failed));
        Assert.Contains("FAIL group/case: expected 2, got 1 at [0, 0]", lines[0], StringComparison.Ordinal);
        Assert.Contains("expected an error", lines[1], StringComparison.Ordinal);
        Assert.Contains("kind 'riddle' not supported yet", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_passes_where_an_error_is_expected_and_a_crash_does_not()
    {
        Assert.True(CaseKinds.Judge(Refused, new FixedEngine(_ => throw new KeopsException("no"))).Passed);
        var verdict = CaseKinds.Judge(Refused, new FixedEngine(_ => throw new InvalidOperationException("oops")));
        Assert.False(verdict.Passed);
        Assert.Contains("InvalidOperationException", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1, \"nan\"]", 1, double.NaN, true)]
    [InlineData("[1, \"inf\"]", 1, double.NegativeInfinity, false)]
    [InlineData("[1, \"nan\"]", 1, 0, false)]
    [InlineData("[1, 5]", 1, double.NaN, false)]
    [InlineData("[1, 5]", 1, 5.000000001, true)]
    [InlineData("[1, 5]", 1, 5.0001, false)]
    [InlineData("[1, \"inf\"]", 1, 1e308, false)]
    public void Values_agree_within_the_tolerance_and_special_values_with_themselves(
        string expected, double first, double second, bool agree) =>
        Assert.Equal(agree, CaseKinds.Judge(Expecting(expected), FixedEngine.Giving([2, 1], first, second)).Passed);

    [Fact]
    public void The_shape_must_agree_too() =>
        Assert.Contains("shape (2), got (2, 1)", CaseKinds.Judge(Expecting("[1, 2]", "[2]"), FixedEngine.Giving([2, 1], 1, 2)).Reason,
            StringComparison.Ordinal);

    [Fact]
    public void Indices_must_agree_exactly_and_be_int64()
    {
        var golden = Case("""
            "expected": {"shape": [1], "data": [3], "dtype": "int64"}, "rtol": 10
            """);
        CaseResult Give(double value, string dtype) => new([new CaseArray([1], [value], dtype)]);
        Assert.True(CaseKinds.Judge(golden, new FixedEngine(_ => Give(3, "int64"))).Passed);
        Assert.False(CaseKinds.Judge(golden, new FixedEngine(_ => Give(4, "int64"))).Passed);
        Assert.False(CaseKinds.Judge(golden, new FixedEngine(_ => Give(3, "float64"))).Passed);
    }

    [Theory]
    [InlineData("genred", "\"dtype\": \"float128\"", "float128")]
    [InlineData("genred", "\"dtype\": \"int64\"", "int64")]
    [InlineData("vjp", "\"wrt\": \"z\", \"cotangent\": {\"shape\": [2, 1], \"data\": [1, 1]}", "'z'")]
    public void What_the_product_has_no_dtype_or_variable_for_is_refused(string kind, string rest, string named)
    {
        using var engine = new KeopsCaseEngine(KeopsEngine.CreateLocal());
        var verdict = CaseKinds.Judge(Case(rest, kind), engine);
        Assert.False(verdict.Passed);
        Assert.Contains("refused", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains(named, verdict.Reason, StringComparison.Ordinal);
    }
}
