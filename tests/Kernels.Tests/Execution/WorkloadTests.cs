using System.Text.Json;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Tests.Cpu;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>The formulas of the speed table, on fewer points, against the oracle.</summary>
public class WorkloadTests(ITestOutputHelper output)
{
    static readonly JsonElement[] Workloads =
    [
        .. JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "workloads.json")))
            .RootElement.GetProperty("workloads").EnumerateArray(),
    ];

    public static TheoryData<string> Names => [.. Workloads.Select(w => w.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sampled_rows_are_right(string name)
    {
        var w = Workloads.Single(w => w.GetProperty("name").GetString() == name);
        var aliases = AliasList.Parse(w.Aliases());
        var weight = w.Text("formula2") is { } text ? FormulaParser.Parse(text, aliases) : null;
        int? k = w.TryGetProperty("opt_arg", out var value) ? value.GetInt32() : null;
        var type = ElementTypes.Parse(w.Text("dtype")!);
        var axis = w.GetProperty("axis").GetInt32();
        var wide = w.GetProperty("m").GetInt32() < w.GetProperty("n").GetInt32();
        var (m, n) = (wide ? w.GetProperty("m").GetInt32() : 700, wide ? 20_000 : 1500);
        var random = new Random(1);
        var problem = EngineProblem.Create(
            w.Text("reduction")!, FormulaParser.Parse(w.Text("formula")!, aliases), type, m, n,
            (v, at) => v.Category == Category.Parameter
                ? w.GetProperty("pm").GetProperty(aliases.Aliases[v.Index].Name!)[at].GetDouble()
                : random.NextDouble(),
            weight, k, axis);
        int[] rows = wide ? [0, 63] : [0, 15, 64, 333, problem.OutputRows - 1];
        var got = problem.Run(problem.SmallPlan(leafRows: 512, blockRows: 256)).Take(rows);
        var expected = problem.Expect(rows);
        if (expected.Indices is not null)
        {
            CheckNearest(problem, rows, expected.Indices, got.Indices!, k ?? 1);
            return;
        }

        var error = AccuracyTests.Check(got, expected);
        output.WriteLine($"{name}: {error:G3} of the rows' scale.");
        Assert.True(error <= (type == ElementType.Float32 ? 2e-6 : 1e-14), $"{error:G3} of the rows' scale.");
    }

    /// <summary>The rows that were found are as near as the nearest, up to rounding, and no row is found twice.</summary>
    static void CheckNearest(EngineProblem problem, int[] rows, long[] expected, long[] got, int k)
    {
        var variables = problem.Reduction.Variables();
        for (var r = 0; r < rows.Length; r++)
        {
            var found = got[(r * k)..((r + 1) * k)];
            Assert.Equal(k, found.Distinct().Count());
            for (var rank = 0; rank < k; rank++)
            {
                var (a, b) = (Distance(rows[r], found[rank]), Distance(rows[r], expected[r * k + rank]));
                Assert.True(Math.Abs(a - b) <= 1e-5 * b,
                    $"Row {rows[r]}, rank {rank}: {found[rank]} at {a:R}, expected {expected[r * k + rank]} at {b:R}.");
            }
        }

        double Distance(long i, long j) => Oracle.FormulaOracle.Evaluate(problem.Reduction.Formula, v =>
        {
            var row = (int)(v.Category == Category.I ? i : j);
            return problem.Data[variables.Single(u => u == v)].AsSpan(row * v.Dim, v.Dim);
        })[0];
    }
}
