using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Client.Tests;

/// <summary>Reductions over clusters of rows that stand in any order: arrays go in, and results come out, in that order.</summary>
public class OrderedCallTests
{
    const int M = 230, N = 310;
    static readonly double[,] X = Engines.Points(M, 2, 1), Y = Engines.Points(N, 2, 2), B = Engines.Points(N, 3, 3);
    static readonly Clustering ClustersX = Clustering.Grid(X, 0.8), ClustersY = Clustering.Grid(Y, 0.8);

    public static TheoryData<string> Reductions =>
        ["Sum", "LogSumExp", "Min", "ArgMin", "ArgMax", "Min_ArgMin", "KMin", "ArgKMin", "KMin_ArgKMin"];

    [Theory]
    [MemberData(nameof(Reductions))]
    public async Task All_pairs_of_clusters_are_all_pairs(string name)
    {
        var everything = Ranges.FromMatrix(ClustersX, ClustersY, Matrix((_, _) => true));
        foreach (var axis in new[] { 0, 1 })
        {
            var k = LazyTensor.Vi(X).SqDist(LazyTensor.Vj(Y));
            var call = k.Reduce(name, axis, name.Contains("KMin", StringComparison.Ordinal) ? 4 : null);
            var expected = await Engines.ReduceAllAsync(call);
            var got = await Engines.ReduceAllAsync(call with { Ranges = everything });
            AssertSame(expected, got, exact: name is not ("Sum" or "LogSumExp"));
        }
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public async Task Kept_clusters_are_what_sorting_by_hand_gives(string name)
    {
        // Some rows of clusters take in nothing.
        var keep = Matrix((a, b) => a % 3 != 0 && (a + b) % 2 == 0);
        var ranges = Ranges.FromMatrix(ClustersX, ClustersY, keep);
        int? k = name.Contains("KMin", StringComparison.Ordinal) ? 4 : null;
        var call = LazyTensor.Vi(X).SqDist(LazyTensor.Vj(Y)).Reduce(name, 1, k) with { Ranges = ranges };
        var sorted = LazyTensor.Vi(ClustersX.Sort(X)).SqDist(LazyTensor.Vj(ClustersY.Sort(Y))).Reduce(name, 1, k) with
        {
            Ranges = ranges.InOrder(null, null),
        };
        var (got, byHand) = (await Engines.ReduceAllAsync(call), await Engines.ReduceAllAsync(sorted));
        Assert.Equal(byHand.Select(a => a.Name), got.Select(a => a.Name));
        for (var o = 0; o < got.Count; o++)
        {
            var undone = ClustersX.Unsort(byHand[o]);
            Assert.Equal(undone.Shape, got[o].Shape);
            if (got[o].Type is not null)
            {
                Assert.Equal(undone.Doubles.ToArray(), got[o].Doubles.ToArray());
                continue;
            }

            var perRow = got[o].Indices.Length / M;
            for (var at = 0; at < got[o].Indices.Length; at++)
            {
                var nothing = ClustersX.Labels[at / perRow] % 3 == 0;
                Assert.Equal(nothing ? 0 : ClustersY.Permutation.Order[(int)undone.Indices[at]], got[o].Indices[at]);
            }
        }
    }

    [Fact]
    public async Task One_side_may_keep_its_order()
    {
        var columns = Enumerable.Range(0, 31).Select(k => new RowInterval(10 * k, 10 * k + 10)).ToArray();
        var keep = new bool[ClustersX.Count, 31];
        for (var a = 0; a < ClustersX.Count; a++)
            for (var b = 0; b < 31; b++) keep[a, b] = (a + b) % 2 == 0;
        var ranges = Ranges.FromMatrix(ClustersX.Ranges, [.. columns], keep).InOrder(ClustersX.Permutation, null);
        var b3 = LazyTensor.Vj(B);
        var call = (LazyTensor.Vi(X).SqDist(LazyTensor.Vj(Y)) * b3).WithRanges(ranges);
        var got = await Engines.ReduceAsync(call.Sum(Axis.J));
        var across = await Engines.ReduceAsync(call.Sum(Axis.I));
        for (var i = 0; i < M; i++)
            for (var d = 0; d < 3; d++)
                Assert.Equal(
                    Enumerable.Range(0, N).Where(j => Kept(i, j)).Sum(j => Distance(i, j) * B[j, d]), got.Doubles[i * 3 + d], 1e-9);
        for (var j = 0; j < N; j++)
            for (var d = 0; d < 3; d++)
                Assert.Equal(
                    Enumerable.Range(0, M).Where(i => Kept(i, j)).Sum(i => Distance(i, j) * B[j, d]), across.Doubles[j * 3 + d], 1e-9);

        bool Kept(int i, int j) => keep[ClustersX.Labels[i], j / 10];
    }

    [Fact]
    public async Task Values_without_a_row_have_number_0_and_infinite_ones_keep_theirs()
    {
        // Row 3 of y, which stands first in the order, gives −∞; row 0 gives NaN.
        var x = LazyTensor.Vi(new double[,] { { 1 } });
        var y = LazyTensor.Vj(new[,] { { double.NaN }, { 2 }, { 1 }, { double.NegativeInfinity } });
        var all = Ranges.FromArrays([0, 1], [1], [0, 4]).InOrder(null, Permutation.Of([3, 2, 1, 0]));
        Assert.Equal(new long[] { 3 }, await NumbersAsync((x * y).WithRanges(all).ArgMin(Axis.J)));
        var one = Ranges.FromArrays([0, 1], [1], [3, 4]).InOrder(null, Permutation.Of([3, 2, 1, 0]));
        Assert.Equal(new long[] { 0 }, await NumbersAsync((x * y).WithRanges(one).ArgMin(Axis.J)));
        Assert.Equal(new long[] { 3, 2, 1, 0 }, await NumbersAsync((x * y).WithRanges(all).ArgKMin(4, Axis.J)));
    }

    [Fact]
    public async Task Transposed_ranges_exchange_their_orders()
    {
        var keep = Matrix((a, b) => (a + b) % 3 != 0);
        var k = (-LazyTensor.Vi(X).SqDist(LazyTensor.Vj(Y))).Exp().WithRanges(Ranges.FromMatrix(ClustersX, ClustersY, keep));
        var (a, b) = (await Engines.ReduceAsync(k.Sum(Axis.J)), await Engines.ReduceAsync(k.T.Sum(Axis.I)));
        Assert.Equal(a.Doubles.ToArray(), b.Doubles.ToArray());
    }

    [Fact]
    public async Task What_has_no_order_is_refused()
    {
        var ranges = Ranges.FromMatrix(ClustersX, ClustersY, Matrix((_, _) => true));
        var k = LazyTensor.Vi(X).SqDist(LazyTensor.Vj(Y));
        var short1 = LazyTensor.Vi(Engines.Points(9, 2, 1)).SqDist(LazyTensor.Vj(Y)).WithRanges(ranges);
        Assert.Contains("has 9 rows, but the order of the ranges has 230", await ErrorAsync(short1.Sum(Axis.J)), StringComparison.Ordinal);
        var files = LazyTensor.FromCloud(new CloudSpec("none.parquet", "a", "b"), Category.J, ElementType.Float64);
        var fromFile = LazyTensor.Vi(X).SqDist(files).WithRanges(ranges);
        Assert.Contains("is read from files", await ErrorAsync(fromFile.Sum(Axis.J)), StringComparison.Ordinal);
        var written = k.WithRanges(ranges).Sum(Axis.J) with { Output = new OutputTarget("never.parquet", []) };
        Assert.Contains("never.parquet: results that are put back", await ErrorAsync(written), StringComparison.Ordinal);
    }

    static async Task<long[]> NumbersAsync(ReductionCall call)
    {
        var numbers = await Engines.ReduceAsync(call);
        return numbers.Indices.ToArray();
    }

    static async Task<string> ErrorAsync(ReductionCall call) =>
        (await Assert.ThrowsAsync<KeopsException>(() => Engines.ReduceAllAsync(call))).Message;

    static double Distance(int i, int j) => Enumerable.Range(0, 2).Sum(d => (X[i, d] - Y[j, d]) * (X[i, d] - Y[j, d]));

    static bool[,] Matrix(Func<int, int, bool> keep)
    {
        var matrix = new bool[ClustersX.Count, ClustersY.Count];
        for (var a = 0; a < ClustersX.Count; a++)
            for (var b = 0; b < ClustersY.Count; b++) matrix[a, b] = keep(a, b);
        return matrix;
    }

    static void AssertSame(IReadOnlyList<ResultArray> expected, IReadOnlyList<ResultArray> actual, bool exact)
    {
        Assert.Equal(expected.Select(a => a.Name), actual.Select(a => a.Name));
        foreach (var (e, a) in expected.Zip(actual))
        {
            Assert.Equal(e.Shape, a.Shape);
            if (exact) Assert.True(e.Bytes.Span.SequenceEqual(a.Bytes.Span), e.Name);
            else for (var k = 0; k < e.Doubles.Length; k++) Assert.Equal(e.Doubles[k], a.Doubles[k], 1e-12 * (1 + Math.Abs(e.Doubles[k])));
        }
    }
}
