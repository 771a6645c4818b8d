using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Distributed.Keops.Conformance.Tests;

public sealed class ServeLoopTests
{
    static string Base64(params double[] values) => Convert.ToBase64String(ServeRequest.Encode(values, "float64"));

    // x: 2 rows, y: 3 rows, both of dimension 1.
    static JsonObject Good() => JsonNode.Parse($$"""
        {
          "formula": "Sum_Reduction((x-y)*y,0)", "aliases": ["x=Vi(0,1)", "y=Vj(1,1)"], "dtype": "float64", "nx": 2, "ny": 3,
          "nbatchdims": 0, "dtype_acc": "auto", "sum_scheme": "auto", "ranges": null,
          "args": [
            {"shape": [2, 1], "dtype": "float64", "base64": "{{Base64(1, 2)}}"},
            {"shape": [3, 1], "dtype": "float64", "base64": "{{Base64(3, 5, 4)}}"}
          ]
        }
        """)!.AsObject();

    static (int[] Shape, double[] Values) Ask(JsonObject request)
    {
        var answer = JsonNode.Parse(new ServeLoop(new OracleEngine()).Answer(request.ToJsonString()))!;
        Assert.Null(answer["error"]);
        Assert.Equal("float64", (string?)answer["dtype"]);
        var bytes = Convert.FromBase64String((string)answer["base64"]!);
        return (answer["shape"]!.AsArray().GetValues<int>().ToArray(), [.. bytes.Chunk(8).Select(chunk => BitConverter.ToDouble(chunk))]);
    }

    static (int[] Shape, double[] Values) Ask(string formula)
    {
        var request = Good();
        request["formula"] = formula;
        return Ask(request);
    }

    [Fact]
    public void A_sum_comes_back_with_its_shape_and_values()
    {
        var (shape, values) = Ask(Good());
        Assert.Equal([2, 1], shape);
        Assert.Equal([1 * 12 - 50, 2 * 12 - 50], values);
    }

    [Fact]
    public void The_tag_is_one_minus_the_axis() => Assert.Equal([3, 1], Ask("Sum_Reduction(x-y,1)").Shape);

    [Fact]
    public void Pairs_come_as_values_then_indices()
    {
        var (shape, values) = Ask("Max_ArgMax_Reduction(Concat(x-y,y),0)");
        Assert.Equal([2, 4], shape);
        Assert.Equal([-2, 5, 0, 1, -1, 5, 0, 1], values);
    }

    [Fact]
    public void K_smallest_come_rank_by_rank_values_then_indices()
    {
        var (shape, values) = Ask("KMin_ArgKMin_Reduction(Concat(y,-y),2,0)");
        Assert.Equal([2, 8], shape);
        Assert.Equal([3, -5, 0, 1, 4, -4, 2, 2], values[..8]);
    }

    [Fact]
    public void A_second_formula_follows_the_tag() =>
        Assert.Equal([5, 4, 5, 4], Ask("Max_SumShiftExpWeight_Reduction(IntCst(5)+0*y,0,2*Step(y-4))").Values);

    [Fact]
    public void Ranges_are_six_flat_lists()
    {
        var request = Good();
        request["formula"] = "Sum_Reduction(0*x+y,0)";
        request["ranges"] = JsonNode.Parse("[[0,1,1,2],[1,1],[1,3],[],[],[]]");
        Assert.Equal([9, 0], Ask(request).Values);
    }

    [Fact]
    public void Bad_requests_are_answered_with_an_error_and_the_next_one_is_served()
    {
        var lines = BadRequests().Select(bad => bad.Line).ToList();
        var output = new StringWriter();
        new ServeLoop(new OracleEngine()).Run(new StringReader(string.Join('\n', lines.Append(Good().ToJsonString()))), output);

        var answers = output.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(lines.Count + 1, answers.Count);
        foreach (var (bad, answer) in BadRequests().Zip(answers))
            Assert.True((string?)answer["error"] is { Length: > 0 } text && !text.StartsWith("Crashed", StringComparison.Ordinal), $"{bad.Why}: {answer.ToJsonString()}");
        Assert.Null(answers[^1]["error"]);
    }

    static IEnumerable<(string Why, string Line)> BadRequests()
    {
        yield return ("no JSON", "{\"formula\": ");
        yield return ("an empty line", "");
        yield return ("not an object", "[1, 2]");
        yield return ("very deep JSON", new string('[', 100_000));
        yield return ("nothing in it", "{}");
        yield return ("half a surrogate pair", """{"formula": "\ud800"}""");
        yield return With("an unknown operation", r => r["formula"] = "Sum_Reduction(Frobnicate(x),0)");
        yield return With("an unknown reduction", r => r["formula"] = "Product_Reduction(x,0)");
        yield return With("no reduction", r => r["formula"] = "x-y");
        yield return With("an unbalanced formula", r => r["formula"] = "Sum_Reduction((x-y,0)");
        yield return With("a formula that never ends", r => r["formula"] = $"Sum_Reduction({new string('(', 200_000)}x{new string(')', 200_000)},0)");
        yield return With("a formula that is a number", r => r["formula"] = 5);
        yield return With("a wrong tag", r => r["formula"] = "Sum_Reduction(x,2)");
        yield return With("an absurd K", r => r["formula"] = "KMin_Reduction(x,2000000000,0)");
        yield return With("a vector of two thousand million numbers", r => r["formula"] = "Sum_Reduction(SumT(x,2000000000),0)");
        yield return With("a spline of a degree that never ends", r => r["formula"] = "Sum_Reduction(BSpline(SumT(x,100),y,60),0)");
        yield return With("bad base64", r => r["args"]![0]!["base64"] = "***");
        yield return With("too few bytes", r => r["args"]![0]!["base64"] = Base64(1));
        yield return With("a shape that is not the bytes", r => r["args"]![0]!["shape"] = new JsonArray(2, 2));
        yield return With("a huge shape", r => r["args"]![0]!["shape"] = new JsonArray(2147483647, 2147483647));
        yield return With("a shape that overflows to nothing", r =>
        {
            r["args"]![0]!["shape"] = new JsonArray(65536, 65536, 65536, 65536);
            r["args"]![0]!["base64"] = "";
        });
        yield return With("a negative size", r => r["args"]![0]!["shape"] = new JsonArray(-2, -1));
        yield return With("a size beyond integers", r => r["nx"] = 1e30);
        yield return With("a count that is not the rows", r => r["ny"] = 4);
        yield return With("too few arguments", r => r["args"]!.AsArray().RemoveAt(1));
        yield return With("an unknown dtype", r => r["dtype"] = "float128");
        yield return With("mixed dtypes", r => r["dtype"] = "float32");
        yield return With("a wrong number of batch dimensions", r => r["nbatchdims"] = 3);
        yield return With("a huge number of pairs", r =>
        {
            r["formula"] = "Sum_Reduction(IntCst(1),0)";
            r["aliases"] = new JsonArray();
            r["args"] = new JsonArray();
            r["nx"] = int.MaxValue;
            r["ny"] = int.MaxValue;
        });
        yield return With("three ranges", r => r["ranges"] = JsonNode.Parse("[[0,2],[1],[0,3]]"));
        yield return With("ranges beyond the rows", r => r["ranges"] = JsonNode.Parse("[[0,2],[1],[0,30],[],[],[]]"));
        yield return With("slices that fall", r => r["ranges"] = JsonNode.Parse("[[0,1,1,2],[1,0],[0,3],[],[],[]]"));
        yield return With("slices beyond the intervals", r => r["ranges"] = JsonNode.Parse("[[0,2],[7],[0,3],[],[],[]]"));
        yield return With("an unknown sum scheme", r => r["sum_scheme"] = "foo");
        yield return With("a huge dimension", r => r["aliases"]![0] = "x=Vi(0,2000000000)");
        yield return With("an alias without sense", r => r["aliases"]![0] = "x=Wi(((");
    }

    static (string, string) With(string why, Action<JsonObject> change)
    {
        var request = Good();
        change(request);
        return (why, request.ToJsonString(new JsonSerializerOptions { MaxDepth = 10 }));
    }
}
