using CsCheck;
using Distributed.Keops.Kernels.Ranges;
using Distributed.Keops.Kernels.Tests.Execution;
using Distributed.Keops.Kernels.Tests.Reductions;
using Distributed.Keops.Oracle;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Ranges;

/// <summary>Block-sparse reductions against the oracle.</summary>
public class RangesTests
{
    static readonly string[] Reductions = ["Sum of a product", "LogSumExp", "SumSoftMaxWeight",
        "Max_ArgMax", "KMin_ArgKMin 3 of vectors", "Min"];

    /// <summary>Disjoint output intervals with gaps, each with intervals of reduced rows
    /// in any order: empty, repeated, overlapping.</summary>
    static readonly Gen<(int M, int N, OracleRanges Ranges)> Any =
        from m in Gen.Int[1, 150]
        from n in Gen.Int[1, 120]
        from borders in Gen.Int[0, m].Array[0, 8]
        from intervals in Gen.Select(Gen.Int[0, n], Gen.Int[0, n]).Array[0, 6].Array[4]
        select Build(m, n, borders, intervals);

    public static TheoryData<string> Names => [.. Reductions];

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_ranges(string name) => Any.Sample(
        sample =>
        {
            foreach (var axis in new[] { 0, 1 })
            {
                var (m, n) = axis == 1 ? (sample.M, sample.N) : (sample.N, sample.M);
                Check(AllReductions.Create(name, ElementType.Float32, m, n, axis, seed: m * n) with { Ranges = sample.Ranges },
                    leafRows: 37);
            }
        },
        iter: 30, threads: 1);

    [Theory]
    [MemberData(nameof(Names))]
    public void Intervals_that_cross_leaves_and_blocks(string name) => Check(
        AllReductions.Create(name, ElementType.Float64, 200, 110) with
            { Ranges = new([5, 70, 70, 199], [2, 4], [0, 110, 30, 90, 99, 101, 7, 104]) }, leafRows: 50);

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_taken_more_often_than_there_are(string name) => Check(
        // 12 · 40 rows where the plan has leaves for 40.
        AllReductions.Create(name, ElementType.Float32, 20, 40) with
        {
            Ranges = new([0, 20], [12], [.. Enumerable.Repeat(new long[] { 0, 40 }, 12).SelectMany(i => i)]),
        },
        leafRows: 16);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_pair_by_ranges_is_as_good_as_none(string name)
    {
        var problem = AllReductions.Create(name, ElementType.Float32, 130, 333);
        var whole = problem.Run(problem.SmallPlan());
        (problem with { Ranges = new([0, 130], [1], [0, 333]) }).Run(problem.SmallPlan()).AssertSameBits(whole);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Rows_that_share_most_of_one_interval(string name)
    {
        // Each row its own interval, of any length from none to nearly all; some rows and some tiles are left out.
        const int M = 200, N = 1500;
        var random = new Random(5);
        var (ranges, reduced) = (new List<long>(), new List<long>());
        for (var row = 3; row < M; row += row == 130 ? 9 : 1)
        {
            ranges.AddRange([row, row + 1]);
            reduced.AddRange(row == 100 ? [600, 610] : [random.Next(0, 500), 900 + random.Next(0, 600)]);
        }

        var slices = Enumerable.Range(1, ranges.Count / 2).Select(k => (long)k).ToArray();
        var problem = AllReductions.Create(name, ElementType.Float32, M, N) with { Ranges = new([.. ranges], slices, [.. reduced]) };
        Check(problem, leafRows: 400);
        Check(problem, leafRows: 2000);
    }

    [Fact]
    public void Nothing_at_all()
    {
        foreach (var name in AllReductions.Names)
        {
            var problem = AllReductions.Create(name, ElementType.Float32, 9, 7);
            Check(problem with { Ranges = new([], [], []) }, leafRows: 3);
            Check(problem with { Ranges = new([2, 5], [0], []) }, leafRows: 3);
            Check(problem with { Ranges = new([2, 5, 5, 5], [1, 1], [4, 4]) }, leafRows: 3);
        }
    }

    [Fact]
    public void Pairs_are_counted()
    {
        var ranges = SideRanges.Create(AxisRanges.FromNumbers(1, [0, 2, 3, 4], [2, 3], [0, 3, 0, 3, 4, 5]), 4, 5);
        Assert.Equal(2 * 6 + 1, ranges.Pairs);
    }

    static void Check(EngineProblem problem, int leafRows)
    {
        var bound = problem.Bind(problem.SmallPlan(leafRows));
        var got = EngineProblem.Run(bound);
        got.AssertNear(problem.Expect(), problem.Tolerance(), problem.Scales());
        EngineProblem.Run(bound, threads: 2, targetPairs: 1000).AssertSameBits(got);
    }

    static (int M, int N, OracleRanges Ranges) Build(int m, int n, int[] borders, (int, int)[][] intervals)
    {
        var edges = borders.Distinct().Order().ToArray();
        var (ranges, slices, reduced) = (new List<long>(), new List<long>(), new List<long>());
        for (var k = 0; k + 1 < edges.Length; k += 2)
        {
            ranges.AddRange([edges[k], edges[k + 1]]);
            foreach (var (a, b) in intervals[k / 2]) reduced.AddRange([Math.Min(a, b), Math.Max(a, b)]);
            slices.Add(reduced.Count / 2);
        }

        return (m, n, new([.. ranges], [.. slices], [.. reduced]));
    }
}
