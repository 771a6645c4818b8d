using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Programs;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>The numbers and row numbers of a result, row by row; either may be null.</summary>
sealed record EngineResult(double[]? Values, long[]? Indices, int Rows)
{
    /// <summary>The blocks' rows in order.</summary>
    public static EngineResult Of(BoundReduction bound, IEnumerable<ResultBlock> blocks)
    {
        var ordered = blocks.OrderBy(b => b.FirstRow).ToArray();
        var next = 0L;
        foreach (var block in ordered)
        {
            Assert.Equal(next, block.FirstRow);
            next += block.Rows;
        }

        Assert.Equal(bound.Plan.Rows, next);
        double[]? values = null;
        long[]? indices = null;
        var outputs = bound.Kernel.Program.Monoid.Outputs;
        for (var o = 0; o < outputs.Length; o++)
        {
            var bytes = ordered.SelectMany(b => b.Columns[o]).ToArray();
            if (outputs[o].Type == ComponentType.Index) indices = MemoryMarshal.Cast<byte, long>(bytes).ToArray();
            else if (bound.Kernel.Program.Type == ElementType.Float64) values = MemoryMarshal.Cast<byte, double>(bytes).ToArray();
            else values = [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(v => (double)v)];
        }

        return new(values, indices, (int)next);
    }

    /// <summary>The result of some of the rows.</summary>
    public EngineResult Take(int[] rows) => new(Pick(Values, rows), Pick(Indices, rows), rows.Length);

    /// <summary>Every bit is the same.</summary>
    public void AssertSameBits(EngineResult other)
    {
        Assert.Equal(other.Values?.Select(BitConverter.DoubleToInt64Bits), Values?.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(other.Indices, Indices);
    }

    /// <summary>Row numbers and special numbers are equal; other numbers differ by at most
    /// <paramref name="tolerance"/> times the row's scale.</summary>
    /// <param name="expected">What is right.</param>
    /// <param name="tolerance">Relative to the scale.</param>
    /// <param name="scales">The scale of each number; null takes the largest of its row in size.</param>
    public void AssertNear(EngineResult expected, double tolerance, double[]? scales = null)
    {
        Assert.Equal(expected.Indices, Indices);
        if (expected.Values is null && Values is null) return;
        Assert.Equal(expected.Values!.Length, Values!.Length);
        var width = Rows == 0 ? 0 : Values.Length / Rows;
        for (var at = 0; at < Values.Length; at++)
        {
            var (got, want) = (Values[at], expected.Values[at]);
            if (got.Equals(want)) continue;
            var scale = scales?[at] ?? expected.Values.Skip(at / width * width).Take(width).Where(double.IsFinite).Select(Math.Abs)
                .DefaultIfEmpty(0).Max();
            var error = Math.Abs(got - want);
            if (!(error <= tolerance * scale))
                Assert.Fail($"Row {at / width}, number {at % width}: {got:R}, expected {want:R} within {tolerance:G3} of {scale:R}; off "
                    + $"by {error / scale:G3}.");
        }
    }

    static T[]? Pick<T>(T[]? all, int[] rows, int total)
    {
        if (all is null) return null;
        var width = total == 0 ? 0 : all.Length / total;
        return [.. rows.SelectMany(r => all[(r * width)..((r + 1) * width)])];
    }

    T[]? Pick<T>(T[]? all, int[] rows) => Pick(all, rows, Rows);
}
