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

    static string Refusal(JsonObject request, string engine) => (string)Answer(request, engine)["error"]!;

    static JsonNode Answer(JsonObject request, string name)
    {
        var engine = CaseEngines.All[name]();
        using var owned = engine as IDisposable;
        return JsonNode.Parse(new ServeLoop(engine).Answer(request.ToJsonString()))!;
    }

    static (int[] Shape, double[] Values) Ask(JsonObject request, string engine = "oracle")
    {
        var answer = Answer(request, engine);
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

    /// <summary>What autograd does with a log-sum-exp: the cotangent of (m, s) that m + log
    /// s gives back, with the result that was saved.</summary>
    [Theory]
    [InlineData("y", 3)]
    [InlineData("x", 2)]
    public void Gradients_of_a_log_sum_exp_are_asked_for_with_its_saved_result(string by, int rows)
    {
        const string Forward = "Max_SumShiftExp_Reduction(x*y-y*y,0)";
        var saved = Ask(Forward).Values;
        // d(m + log s) = dm + ds/s, for each of two rows.
        double[] cotangent = [1, 1 / saved[1], 1, 1 / saved[3]];
        var position = by == "x" ? "Var(0,1,0)" : "Var(1,1,1)";
        var request = Good();
        request["formula"] = $"Grad_WithSavedForward({Forward},{position},Var(2,2,0),Var(3,2,0))";
        foreach (var (alias, values) in new[] { ("Var(2,2,0)", cotangent), ("Var(3,2,0)", saved) })
        {
            request["aliases"]!.AsArray().Add(alias);
            request["args"]!.AsArray().Add(JsonNode.Parse($$"""{"shape": [2, 2], "dtype": "float64", "base64": "{{Base64(values)}}"}"""));
        }

        var (shape, gradient) = Ask(request);
        Assert.Equal([rows, 1], shape);
        double[] x = [1, 2], y = [3, 5, 4];
        double Loss(double[] a, double[] b) => a.Sum(xi => Math.Log(b.Sum(yj => Math.Exp(xi * yj - yj * yj))));
        for (var k = 0; k < rows; k++)
        {
            const double H = 1e-5;
            double At(double h) => by == "x"
                ? Loss([.. x.Select((v, i) => i == k ? v + h : v)], y)
                : Loss(x, [.. y.Select((v, j) => j == k ? v + h : v)]);
            Assert.Equal((At(H) - At(-H)) / (2 * H), gradient[k], 1e-7);
        }
    }

    [Fact]
    public void The_gradient_by_a_parameter_has_a_row_for_each_i()
    {
        var request = Good();
        request["formula"] = "Grad_WithSavedForward(Sum_Reduction(p*(x-y),1),p,Var(3,1,1),Var(4,1,1))";
        foreach (var (alias, shape, values) in new[]
            { ("p=Pm(2,1)", "[1]", new double[] { 7 }), ("Var(3,1,1)", "[3, 1]", [1, 10, 100]), ("Var(4,1,1)", "[3, 1]", [0, 0, 0]) })
        {
            request["aliases"]!.AsArray().Add(alias);
            request["args"]!.AsArray()
                .Add(JsonNode.Parse($$"""{"shape": {{shape}}, "dtype": "float64", "base64": "{{Base64(values)}}"}"""));
        }

        var (rows, gradient) = Ask(request);
        Assert.Equal([2, 1], rows);
        Assert.Equal([-2 - 40 - 300, -1 - 30 - 200], gradient);
    }

    [Fact]
    public void Zeros_have_as_many_rows_as_their_side() => Assert.Equal([3, 4], Ask("Zero_Reduction(4,1)").Shape);

    [Theory]
    [InlineData("cpu")]
    [InlineData("oracle")]
    public void Rows_that_no_argument_has_are_those_that_are_stated(string name)
    {
        var request = Good();
        request["formula"] = "Sum_Reduction(2*x,0)";
        request["aliases"] = new JsonArray("x=Vi(0,1)");
        request["args"]!.AsArray().RemoveAt(1);
        Assert.Equal([6, 12], Ask(request, name).Values);
        request["nx"] = 3;
        Assert.Contains("2 rows where 3", Refusal(request, name), StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_of_parameters_alone_has_no_batch_dimensions()
    {
        var request = JsonNode.Parse($$"""
            {
              "formula": "Sum_Reduction(Var(0,2,2)*Var(1,1,2),0)", "aliases": ["Var(0,2,2)", "Var(1,1,2)"],
              "dtype": "float64", "nx": 1, "ny": 1, "nbatchdims": -1,
              "args": [{"shape": [2], "base64": "{{Base64(3, 4)}}"}, {"shape": [1], "base64": "{{Base64(5)}}"}]
            }
            """)!.AsObject();
        var (shape, values) = Ask(request);
        Assert.Equal([1, 2], shape);
        Assert.Equal([15, 20], values);
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
            Assert.True((string?)answer["error"] is { Length: > 0 } text && !text.StartsWith("Crashed", StringComparison.Ordinal),
                $"{bad.Why}: {answer.ToJsonString()}");
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
        yield return With(
            "a formula that never ends", r => r["formula"] = $"Sum_Reduction({new string('(', 200_000)}x{new string(')', 200_000)},0)");
        yield return With("a formula that is a number", r => r["formula"] = 5);
        yield return With("a derivative without its saved result", r => r["formula"] = "Grad(Max_SumShiftExp_Reduction(x-y,0),x,x)");
        yield return With("a derivative that never ends", r => r["formula"] = string.Concat(Enumerable.Repeat("Grad(", 50_000)));
        yield return With("negative batch dimensions", r => r["nbatchdims"] = -2);
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
