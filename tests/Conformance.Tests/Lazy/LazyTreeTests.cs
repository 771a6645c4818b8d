using System.Text.Json;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using Xunit;

namespace Distributed.Keops.Conformance.Tests;

/// <summary>The arguments that KeOps' methods take besides their operands, and how they reach the product.</summary>
public sealed class LazyTreeTests : IDisposable
{
    /// <summary>x − y of two and three rows.</summary>
    const string Difference = """
        {"op": "-", "args": [{"call": {"name": "Vi"}, "args": [{"name": "x"}]}, {"call": {"name": "Vj"}, "args": [{"name": "y"}]}]}
        """;

    static readonly double[] OverI = [-1, -3, -9];
    static readonly double[] OverJ = [-8, -5];

    readonly KeopsEngine _engine = KeopsEngine.CreateLocal();
    readonly NdArray _out = NdArray.Of(new double[2], 2, 1);

    [Theory]
    [InlineData("", """{"axis": 1, "backend": "CPU"}""")]
    [InlineData("", """{"axis": 1, "backend": "auto", "device_id": -1, "enable_chunks": false}""")]
    [InlineData("", """{"axis": 1, "use_double_acc": true, "sum_scheme": "kahan_scheme"}""")]
    [InlineData("1", "{}")]
    [InlineData("0, 1", "{}")]
    [InlineData("", """{"dim": 1}""")]
    [InlineData("", """{"axis": 0, "dim": 1}""")]
    public void Keywords_reach_a_reduction(string positional, string keywords) => Assert.Equal(OverJ, Call("sum", positional, keywords));

    [Fact]
    public void Where_axis_and_dim_are_given_the_methods_without_a_vector_form_take_axis() =>
        Assert.Equal(OverI, Call("sum_reduction", "", """{"axis": 0, "dim": 1}"""));

    [Fact]
    public void A_weight_may_stand_third()
    {
        var byName = Call("logsumexp", "1", """{"weight": "w"}""");
        Assert.Equal(byName, Evaluate($$"""
            {"call": {"member": "logsumexp", "of": {{Difference}}}, "args": [{"int": 1}, {"none": true}, {{Node("w")}}]}
            """));
        Assert.NotEqual(Call("logsumexp", "1", "{}"), byName);
    }

    [Fact]
    public void A_result_is_written_where_out_says()
    {
        Assert.Equal(OverJ, Call("sum", "1", """{"out": "out"}"""));
        Assert.Equal(OverJ, _out.Doubles.ToArray());
    }

    [Fact]
    public void A_call_with_data_takes_options_too()
    {
        const string called = """
            {"call": {"call": {"member": "sum", "of": {"op": "-", "args": [
                {"call": {"name": "Vi"}, "args": [{"int": 0}, {"int": 1}]}, {"call": {"name": "Vj"}, "args": [{"int": 1}, {"int": 1}]}]}},
              "args": [{"int": 1}]}, "args": [{"name": "x"}, {"name": "y"}], "kwargs": {"KEYWORD": {"str": "CPU"}}}
            """;
        Assert.Equal(OverJ, Evaluate(called.Replace("KEYWORD", "backend", StringComparison.Ordinal)));
        var error = Assert.Throws<KeopsException>(() => Evaluate(called.Replace("KEYWORD", "front", StringComparison.Ordinal)));
        Assert.Contains("'front'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sum", """{"axis": null}""")]
    [InlineData("argmin", """{"axis": null}""")]
    [InlineData("sum_reduction", "{}")]
    [InlineData("sum", """{"axis": 1, "out": "x1"}""")]
    [InlineData("sum", """{"axis": 1, "front": 1}""")]
    public void What_is_missing_unknown_or_does_not_fit_is_refused(string method, string keywords) =>
        Assert.Throws<KeopsException>(() => Call(method, "", keywords));

    public void Dispose() => _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();

    double[] Call(string method, string positional, string keywords)
    {
        var given = JsonDocument.Parse(keywords).RootElement.EnumerateObject().Select(k => $"\"{k.Name}\": {Node(k.Value)}");
        var numbers = positional.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(n => $$"""{"int": {{n}}}""");
        return Evaluate($$$"""
            {"call": {"member": "{{{method}}}", "of": {{{Difference}}}},
              "args": [{{{string.Join(',', numbers)}}}], "kwargs": { {{{string.Join(',', given)}}} }}
            """);
    }

    static string Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => $$"""{"int": {{value}}}""",
        JsonValueKind.Null => """{"none": true}""",
        JsonValueKind.True or JsonValueKind.False => $$"""{"bool": {{value.GetRawText()}}}""",
        _ => Node(value.GetString()!),
    };

    static string Node(string text) => text switch
    {
        "w" => """{"call": {"name": "Vj"}, "args": [{"name": "w"}]}""",
        "out" or "x1" => $$"""{"name": "{{text}}"}""",
        _ => $$"""{"str": "{{text}}"}""",
    };

    double[] Evaluate(string tree)
    {
        var names = new Dictionary<string, object?>
        {
            ["x"] = NdArray.Of([0.0, 1], 2, 1), ["y"] = NdArray.Of([1.0, 2, 5], 3, 1), ["w"] = NdArray.Of([1.0, 2, 3], 3, 1),
            ["x1"] = NdArray.Of(new double[3], 3, 1), ["out"] = _out,
        };
        return Assert.Single(new LazyTree(_engine, "float64").Evaluate(JsonDocument.Parse(tree).RootElement, names)).Doubles.ToArray();
    }
}
