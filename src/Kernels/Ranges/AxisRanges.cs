using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Ranges;

/// <summary>
/// The three of KeOps' six arrays that serve one axis: intervals of output rows, and for each of them the intervals of reduced rows that
/// count. <c>Slices</c> is the running number of reduced intervals up to and with each output interval.
/// <code>
/// Rows    [0,2)  [2,4)          rows 0, 1 take in 0, 1, 2
/// Slices    1      3            rows 2, 3 take in 0, 1, 2, 3, 4
/// Reduced [0,3) | [0,3) [3,5)
/// </code>
/// Immutable, and consistent in itself: intervals do not end before they start, output intervals do not overlap, slices ascend and
/// use every reduced interval. Whether the rows exist is known only beside data (<see cref="SideRanges"/>).
/// </summary>
public sealed class AxisRanges : IEquatable<AxisRanges>
{
    AxisRanges(int axis, ImmutableArray<RowInterval> rows, ImmutableArray<long> slices, ImmutableArray<RowInterval> reduced) =>
        (Axis, Rows, Slices, Reduced) = (axis, rows, slices, reduced);

    /// <summary>The axis that is reduced: 1 for j, 0 for i.</summary>
    public int Axis { get; }

    /// <summary>The intervals of output rows.</summary>
    public ImmutableArray<RowInterval> Rows { get; }

    /// <summary>For each of them, how many reduced intervals there are up to and with its own.</summary>
    public ImmutableArray<long> Slices { get; }

    /// <summary>The reduced intervals of all output intervals, one after the other; repeated ones count repeatedly.</summary>
    public ImmutableArray<RowInterval> Reduced { get; }

    /// <summary>What KeOps calls the three arrays of an axis, in their order.</summary>
    public static ImmutableArray<string> Names(int axis) =>
        axis == 1 ? ["ranges_i", "slices_i", "redranges_j"] : ["ranges_j", "slices_j", "redranges_i"];

    /// <summary>Reads the arrays as KeOps has them: intervals are two numbers each, first and end.</summary>
    /// <param name="axis">The axis that is reduced: 1 for j, 0 for i.</param>
    /// <param name="rows">2·n numbers.</param>
    /// <param name="slices">n numbers.</param>
    /// <param name="reduced">2·slices[n−1] numbers.</param>
    /// <exception cref="KeopsException">They do not fit together; the array, the place and the value are named.</exception>
    public static AxisRanges FromNumbers(int axis, ReadOnlySpan<long> rows, ReadOnlySpan<long> slices, ReadOnlySpan<long> reduced)
    {
        var names = Names(axis);
        return Create(axis, Intervals(rows, names[0]), [.. slices], Intervals(reduced, names[2]));
    }

    /// <summary>Ranges of given intervals.</summary>
    /// <exception cref="KeopsException">They do not fit together; the array, the place and the value are named.</exception>
    public static AxisRanges Create(
        int axis, ImmutableArray<RowInterval> rows, ImmutableArray<long> slices, ImmutableArray<RowInterval> reduced)
    {
        var ranges = new AxisRanges(axis, rows, slices, reduced);
        RangesCheck.Structure(ranges);
        return ranges;
    }

    /// <summary>The intervals of reduced rows that an output interval takes in.</summary>
    /// <param name="k">The number of the output interval.</param>
    public ReadOnlySpan<RowInterval> ReducedOf(int k)
    {
        var first = k == 0 ? 0 : (int)Slices[k - 1];
        return Reduced.AsSpan()[first..(int)Slices[k]];
    }

    /// <summary>The same pairs where reduced rows were left out: the numbers of those that are left count from 0 again.</summary>
    /// <param name="left">The numbers of the reduced rows that are left, ascending.</param>
    /// <param name="reducedCount">The number of reduced rows there were.</param>
    /// <exception cref="KeopsException">An interval names rows that there were not; it is named.</exception>
    public AxisRanges Without(ImmutableArray<long> left, long reducedCount)
    {
        RangesCheck.Bounds(this, long.MaxValue, reducedCount);
        return new(Axis, Rows, Slices, [.. Reduced.Select(r => new RowInterval(Place(r.First), Place(r.End)))]);

        long Place(long row) => left.BinarySearch(row) is var at && at < 0 ? ~at : at;
    }

    /// <summary>The same pairs, each of them once: the reduced intervals of an output interval ascend and do not overlap.</summary>
    public AxisRanges Once()
    {
        var slices = ImmutableArray.CreateBuilder<long>(Rows.Length);
        var reduced = ImmutableArray.CreateBuilder<RowInterval>(Reduced.Length);
        for (var k = 0; k < Rows.Length; k++)
        {
            var first = reduced.Count;
            foreach (var interval in ReducedOf(k).ToArray().Where(r => r.Count > 0).OrderBy(r => r.First))
            {
                if (reduced.Count == first || reduced[^1].End < interval.First) reduced.Add(interval);
                else reduced[^1] = reduced[^1] with { End = Math.Max(reduced[^1].End, interval.End) };
            }

            slices.Add(reduced.Count);
        }

        return new(Axis, Rows, slices.MoveToImmutable(), reduced.ToImmutable());
    }

    /// <summary>Whether an output interval takes in a reduced row more than once.</summary>
    public bool HasRepeats => Reduced.Sum(r => (double)r.Count) > Once().Reduced.Sum(r => (double)r.Count);

    /// <summary>The same arrays for the other axis: i and j change their names.</summary>
    public AxisRanges Renamed() => new(1 - Axis, Rows, Slices, Reduced);

    /// <inheritdoc/>
    public bool Equals(AxisRanges? other) => other is not null && Axis == other.Axis && Slices.AsSpan().SequenceEqual(other.Slices.AsSpan())
        && Rows.AsSpan().SequenceEqual(other.Rows.AsSpan()) && Reduced.AsSpan().SequenceEqual(other.Reduced.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AxisRanges);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Axis);
        hash.AddBytes(MemoryMarshal.AsBytes(Rows.AsSpan()));
        hash.AddBytes(MemoryMarshal.AsBytes(Reduced.AsSpan()));
        return hash.ToHashCode();
    }

    static ImmutableArray<RowInterval> Intervals(ReadOnlySpan<long> numbers, string name) => numbers.Length % 2 == 0
        ? [.. MemoryMarshal.Cast<long, RowInterval>(numbers)]
        : throw new KeopsException(
            $"{name} holds {numbers.Length} numbers: expected two for each interval, its first row and the row after its last.");
}
