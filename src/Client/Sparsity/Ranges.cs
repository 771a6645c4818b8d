using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Client;

/// <summary>
/// Which pairs (i, j) count, as blocks: KeOps' six arrays, checked. A reduction over j (axis 1) uses the first three, one over i (axis 0)
/// the others; where three were not given they are derived from the others, exactly.
/// <code>
///            j: [0,3)  [3,5)      RangesI    [0,2) [2,4)       RangesJ    [0,3)       [3,5)
/// i: [0,2)       ■                SlicesI      1     3         SlicesJ      2           3
/// i: [2,4)       ■      ■         RedRangesJ [0,3)|[0,3)[3,5)  RedRangesI [0,2)[2,4) | [2,4)
/// </code>
/// The row numbers are those of the data, or, where there is an order (<see cref="OrderI"/>), of the ordered rows: the engine puts the rows
/// in order and the results back.
/// Immutable and safe to share between threads. Output rows in no interval reduce nothing: Sum 0, Min +∞, ArgMin 0, LogSumExp −∞ …
/// </summary>
public sealed partial class Ranges : IEquatable<Ranges>
{
    readonly Lazy<AxisRanges> _axis0;
    readonly Lazy<AxisRanges> _axis1;

    Ranges(Lazy<AxisRanges> axis1, Lazy<AxisRanges> axis0) => (_axis1, _axis0) = (axis1, axis0);

    /// <summary>Intervals of i-rows, the output of axis 1.</summary>
    public ImmutableArray<RowInterval> RangesI => ForAxis(1).Rows;

    /// <summary>For each of them, the running number of entries of <see cref="RedRangesJ"/>.</summary>
    public ImmutableArray<long> SlicesI => ForAxis(1).Slices;

    /// <summary>The intervals of j-rows that they take in.</summary>
    public ImmutableArray<RowInterval> RedRangesJ => ForAxis(1).Reduced;

    /// <summary>Intervals of j-rows, the output of axis 0.</summary>
    public ImmutableArray<RowInterval> RangesJ => ForAxis(0).Rows;

    /// <summary>For each of them, the running number of entries of <see cref="RedRangesI"/>.</summary>
    public ImmutableArray<long> SlicesJ => ForAxis(0).Slices;

    /// <summary>The intervals of i-rows that they take in.</summary>
    public ImmutableArray<RowInterval> RedRangesI => ForAxis(0).Reduced;

    /// <summary>The order of the i-rows that the ranges speak of; null when it is that of the data.</summary>
    public Permutation? OrderI { get; private init; }

    /// <summary>The order of the j-rows that the ranges speak of; null when it is that of the data.</summary>
    public Permutation? OrderJ { get; private init; }

    /// <summary>The same pairs with i and j exchanged.</summary>
    public Ranges Transposed => new(Renamed(_axis0), Renamed(_axis1)) { OrderI = OrderJ, OrderJ = OrderI };

    /// <summary>The same pairs, each of them once, where intervals repeat or overlap.</summary>
    internal Ranges Once => new(new(() => ForAxis(1).Once()), new(() => ForAxis(0).Once())) { OrderI = OrderI, OrderJ = OrderJ };

    /// <summary>
    /// KeOps' six arrays. Intervals are two numbers each, first row and row after the last, one interval after the other; slices are
    /// running counts. Nobody checks that both axes hold the same pairs: KeOps does not ask for it.
    /// </summary>
    /// <exception cref="KeopsException">
    /// An interval ends before it starts, output rows overlap, slices descend or do not use all reduced intervals; the entry is named.
    /// </exception>
    public static Ranges FromArrays(
        ReadOnlySpan<long> rangesI, ReadOnlySpan<long> slicesI, ReadOnlySpan<long> redRangesJ,
        ReadOnlySpan<long> rangesJ, ReadOnlySpan<long> slicesJ, ReadOnlySpan<long> redRangesI) =>
        Of(AxisRanges.FromNumbers(1, rangesI, slicesI, redRangesJ), AxisRanges.FromNumbers(0, rangesJ, slicesJ, redRangesI));

    /// <summary>The three arrays of axis 1; those of axis 0 are derived when they are needed.</summary>
    /// <param name="rangesI">Intervals of i-rows, two numbers each; disjoint.</param>
    /// <param name="slicesI">For each of them, how many intervals of <paramref name="redRangesJ"/> it and those before it take in.</param>
    /// <param name="redRangesJ">Intervals of j-rows, two numbers each.</param>
    /// <exception cref="KeopsException">The arrays do not fit together; the entry is named.</exception>
    public static Ranges FromArrays(ReadOnlySpan<long> rangesI, ReadOnlySpan<long> slicesI, ReadOnlySpan<long> redRangesJ) =>
        Of(AxisRanges.FromNumbers(1, rangesI, slicesI, redRangesJ));

    /// <summary>All six arrays as a list, in the order of KeOps.</summary>
    /// <exception cref="KeopsException">There are not six, or they do not fit together; the entry is named.</exception>
    public static Ranges FromArrays(IReadOnlyList<ImmutableArray<long>> six) => six.Count == 6
        ? FromArrays(six[0].AsSpan(), six[1].AsSpan(), six[2].AsSpan(), six[3].AsSpan(), six[4].AsSpan(), six[5].AsSpan())
        : throw new KeopsException($"Ranges are six arrays, {six.Count} were given.");

    /// <summary>Ranges of one axis; those of the other are derived when they are needed.</summary>
    public static Ranges Of(AxisRanges ranges)
    {
        var given = new Lazy<AxisRanges>(ranges);
        var derived = new Lazy<AxisRanges>(ranges.Transpose);
        return ranges.Axis == 1 ? new Ranges(given, derived) : new Ranges(derived, given);
    }

    /// <summary>Ranges of both axes.</summary>
    /// <exception cref="ArgumentException">Both are of the same axis.</exception>
    public static Ranges Of(AxisRanges axis1, AxisRanges axis0) => (axis1.Axis, axis0.Axis) == (1, 0)
        ? new Ranges(new(axis1), new(axis0))
        : throw new ArgumentException($"Expected ranges of axis 1 and of axis 0, not of {axis1.Axis} and {axis0.Axis}.", nameof(axis0));

    /// <summary>Blocks of i-rows and of j-rows, and which pairs of blocks count.</summary>
    /// <param name="rangesI">Mc × 2: first row and row after the last of each block of i-rows.</param>
    /// <param name="rangesJ">Nc × 2: the same for j.</param>
    /// <param name="keep">Mc × Nc.</param>
    /// <exception cref="KeopsException">The shapes do not fit, a block ends before it starts,
    /// or blocks of a side overlap; the entry is named.</exception>
    public static Ranges FromMatrix(long[,] rangesI, long[,] rangesJ, bool[,] keep) =>
        FromMatrix(Intervals(rangesI, nameof(rangesI)), Intervals(rangesJ, nameof(rangesJ)), keep);

    /// <inheritdoc cref="FromMatrix(long[,], long[,], bool[,])"/>
    public static Ranges FromMatrix(ImmutableArray<RowInterval> rangesI, ImmutableArray<RowInterval> rangesJ, bool[,] keep)
    {
        var (rows, columns) = (keep.GetLength(0), keep.GetLength(1));
        if (rows != rangesI.Length || columns != rangesJ.Length)
            throw new KeopsException($"The matrix of kept pairs is {rows} × {columns}: expected {rangesI.Length} × {rangesJ.Length}, a "
                + "row for each block of i and a column for each of j.");
        return Of(
            BlockMatrix.ToRanges(1, rangesI, rangesJ, k => Enumerable.Range(0, columns).Where(l => keep[k, l])),
            BlockMatrix.ToRanges(0, rangesJ, rangesI, l => Enumerable.Range(0, rows).Where(k => keep[k, l])));
    }

    /// <summary>The arrays that a reduction over an axis uses; derived from the other
    /// axis' on the first call where they were not given.</summary>
    /// <exception cref="KeopsException">They would have more intervals than an array holds.</exception>
    public AxisRanges ForAxis(int axis) => axis == 1 ? _axis1.Value : _axis0.Value;

    /// <summary>The arrays that a reduction over an axis uses, of rows that are in the ranges' order already.</summary>
    /// <exception cref="InvalidOperationException">They are not: <see cref="OrderedCall"/> was left out.</exception>
    internal AxisRanges ForEngine(int axis) => this is { OrderI: null, OrderJ: null }
        ? ForAxis(axis)
        : throw new InvalidOperationException("Ranges of ordered rows reached an engine with rows in the order of the data.");

    /// <summary>
    /// The same ranges of rows in another order, such as that of clusters. Arrays are given, and results come back, in their own order;
    /// ArgMin and its kin give the data's row numbers. Among equal values the first in the ranges' order wins.
    /// </summary>
    /// <param name="orderI">The order of the i-rows; null for the data's.</param>
    /// <param name="orderJ">The order of the j-rows; null for the data's.</param>
    public Ranges InOrder(Permutation? orderI, Permutation? orderJ) => new(_axis1, _axis0) { OrderI = orderI, OrderJ = orderJ };

    /// <summary>Equal arrays on both axes, of rows in the same order.</summary>
    public bool Equals(Ranges? other) => other is not null
        && (ReferenceEquals(this, other)
            || Equals(OrderI, other.OrderI) && Equals(OrderJ, other.OrderJ) && Same(1, other) && Same(0, other));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Ranges);

    /// <inheritdoc/>
    public override int GetHashCode() => ForAxis(1).GetHashCode();

    // What both would have to derive is a function of what is compared anyway.
    bool Same(int axis, Ranges other) => !IsGiven(axis) && !other.IsGiven(axis) || ForAxis(axis).Equals(other.ForAxis(axis));

    bool IsGiven(int axis) => (axis == 1 ? _axis1 : _axis0).IsValueCreated;

    static Lazy<AxisRanges> Renamed(Lazy<AxisRanges> ranges) =>
        ranges.IsValueCreated ? new(ranges.Value.Renamed()) : new(() => ranges.Value.Renamed());

    static ImmutableArray<RowInterval> Intervals(long[,] numbers, string name) => numbers.GetLength(1) == 2
        ? [.. Enumerable.Range(0, numbers.GetLength(0)).Select(k => new RowInterval(numbers[k, 0], numbers[k, 1]))]
        : throw new KeopsException($"{name} is {numbers.GetLength(0)} × {numbers.GetLength(1)}: expected two numbers for each block, its "
            + "first row and the row after its last.");
}
