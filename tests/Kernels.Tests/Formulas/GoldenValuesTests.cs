using System.Text.Json;
using Distributed.Keops.Kernels.Formulas;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Formulas;

/// <summary>
/// Values of formulas in the golden cases whose reduction is plain enough to be done here: Sum, Min and Max, dense, without batches.
/// </summary>
public class GoldenValuesTests
{
    [Fact]
    public void Interpreted_formulas_give_the_golden_values()
    {
        var wrong = new List<string>();
        var compared = 0;
        foreach (var c in Golden.Cases("genred"))
        {
            var reduction = c.Text("reduction");
            if (c.ExpectsError() || reduction is not ("Sum" or "Min" or "Max")) continue;
            if (Given(c, "ranges") || Given(c, "batch") || Given(c, "formula2")) continue;
            compared++;
            try
            {
                if (Compare(c, reduction) is { } difference) wrong.Add($"{c.Text("name")}: {c.Text("formula")}: {difference}");
            }
            catch (Exception error)
            {
                wrong.Add($"{c.Text("name")}: {c.Text("formula")}: {error}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(compared > 250, $"{compared} cases compared");
    }

    static bool Given(JsonElement c, string name) =>
        c.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
        && !(value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);

    static string? Compare(JsonElement c, string reduction)
    {
        var aliases = AliasList.Parse(c.Aliases());
        var formula = FormulaParser.Parse(c.Text("formula")!, aliases);
        var arguments = c.GetProperty("args").EnumerateArray().Select(a => Golden.Numbers(a.GetProperty("data"))).ToArray();
        var axis = c.GetProperty("axis").GetInt32();
        var declared = aliases.ArgumentsFor(formula).Select(a => a.Variable).ToArray();
        int Rows(Category category) => declared.Where(v => v.Category == category)
            .Select(v => arguments[v.Index].Length / v.Dim).DefaultIfEmpty(1).First();
        var (rows, reduced) = axis == 1 ? (Rows(Category.I), Rows(Category.J)) : (Rows(Category.J), Rows(Category.I));

        var evaluate = ProgramInterpreter.Compile(formula);
        var expected = Golden.Numbers(c.GetProperty("expected").GetProperty("data"));
        var (rtol, atol) = (c.GetProperty("rtol").GetDouble(), c.GetProperty("atol").GetDouble());
        if (expected.Length != rows * formula.Dim) return $"{rows} × {formula.Dim} components instead of {expected.Length}";
        for (var row = 0; row < rows; row++)
        {
            var none = reduction switch { "Sum" => 0.0, "Min" => double.PositiveInfinity, _ => double.NegativeInfinity };
            var total = Enumerable.Repeat(none, formula.Dim).ToArray();
            for (var other = 0; other < reduced; other++)
            {
                var (i, j) = axis == 1 ? (row, other) : (other, row);
                var value = evaluate(v =>
                {
                    var start = v.Category switch { Category.I => i, Category.J => j, _ => 0 } * v.Dim;
                    return arguments[v.Index][start..(start + v.Dim)];
                });
                for (var d = 0; d < total.Length; d++)
                {
                    total[d] = reduction switch
                    {
                        "Sum" => total[d] + value[d],
                        "Min" => value[d] < total[d] ? value[d] : total[d],
                        _ => value[d] > total[d] ? value[d] : total[d],
                    };
                }
            }

            for (var d = 0; d < total.Length; d++)
            {
                var (got, want) = (total[d], expected[row * formula.Dim + d]);
                if (!got.Equals(want) && !(Math.Abs(got - want) <= atol + rtol * Math.Abs(want)))
                    return $"[{row},{d}] is {got} instead of {want}";
            }
        }

        return null;
    }
}
