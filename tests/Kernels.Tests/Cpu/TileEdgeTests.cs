using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Tests.Execution;
using Distributed.Keops.Kernels.Tests.Reductions;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>Every reduction at the borders of vectors, tiles, blocks and leaves, on both axes and dtypes, against the oracle.</summary>
public class TileEdgeTests
{
    const int LeafRows = 100;

    /// <summary>Output rows and reduced rows: every size meets an edge of the other side.</summary>
    static readonly (int M, int N)[] Sizes =
    [
        (0, 17), (1, 0), (65, 0), (1, 1), (15, 16), (16, 15), (17, 63), (63, 1), (64, 64), (65, 99),
        (16, 100), (17, 101), (1, 199), (64, 200),
        (63, 201), (255, 17), (256, 65), (257, 1), (1, 255), (15, 256), (65, 257), (1000, 16), (17, 1000), (1, 399), (16, 401),
    ];

    public static TheoryData<string, ElementType, int> EveryReduction()
    {
        var data = new TheoryData<string, ElementType, int>();
        foreach (var name in AllReductions.Names)
            foreach (var type in new[] { ElementType.Float32, ElementType.Float64 })
                foreach (var axis in new[] { 0, 1 }) data.Add(name, type, axis);
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryReduction))]
    public void Sizes_at_borders(string name, ElementType type, int axis)
    {
        foreach (var (outputs, reduced) in Sizes)
        {
            var (m, n) = axis == 1 ? (outputs, reduced) : (reduced, outputs);
            Check(AllReductions.Create(name, type, m, n, axis, seed: outputs * 1000 + reduced));
        }
    }

    [Theory]
    [MemberData(nameof(EveryReduction))]
    public void Infinite_entries_and_nan(string name, ElementType type, int axis)
    {
        // C is subtracted from the scalar formula, and multiplies half of the vector one.
        var random = new Random(7);
        var sums = AllReductions.Create(name, type, 1, 1).Rounds();
        double[] special = sums
            ? [double.NegativeInfinity, double.NegativeInfinity, 0.5, 0, 1]
            : [double.NegativeInfinity, double.PositiveInfinity, double.NaN, 0.5, 0, 0, 1];
        foreach (var (outputs, reduced) in new[] { (70, 130), (17, 300), (130, 5), (3, 1) })
        {
            var (m, n) = axis == 1 ? (outputs, reduced) : (reduced, outputs);
            Check(AllReductions.Create(
                name, type, m, n, axis, (v, _) => v.Index == 3 ? special[random.Next(special.Length)] : random.Next(-4, 5) * 0.5));
        }
    }

    static void Check(EngineProblem problem)
    {
        var rows = Sample(problem.OutputRows);
        var got = problem.Run(problem.SmallPlan(LeafRows));
        Assert.Equal(problem.OutputRows, got.Rows);
        try
        {
            got.Take(rows).AssertNear(problem.Expect(rows), problem.Tolerance(), problem.Scales(rows));
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"M = {problem.M}, N = {problem.N}, rows {string.Join(',', rows)}: {error.Message}", error);
        }
    }

    /// <summary>Rows at both ends of vectors and tiles.</summary>
    static int[] Sample(int rows) =>
        [.. new[] { 0, 15, 16, 63, 64, 65, 127, 128, 255, 256, rows - 1 }.Where(r => r >= 0 && r < rows).Distinct().Order()];
}
