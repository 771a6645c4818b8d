namespace Distributed.Keops.Oracle;

/// <summary>
/// Every reduction as a function of the whole list of terms of one output row, in the order they are visited.
/// With no terms each gives its initial value.
/// </summary>
static class RowRules
{
    public static readonly Dictionary<string, Func<RowDims, IReadOnlyList<RowTerm>, RowValue>> All = new(StringComparer.Ordinal)
    {
        ["Sum"] = (n, terms) => Values(Components(n.D).Select(k => terms.Sum(t => t.F[k]))),
        ["Min"] = (n, terms) => Values(Extremes(n, terms, Smaller).Select(e => e.Value)),
        ["Max"] = (n, terms) => Values(Extremes(n, terms, Larger).Select(e => e.Value)),
        ["ArgMin"] = (n, terms) => Indices(Extremes(n, terms, Smaller).Select(e => e.Index)),
        ["ArgMax"] = (n, terms) => Indices(Extremes(n, terms, Larger).Select(e => e.Index)),
        ["Min_ArgMin"] = (n, terms) => Both(Extremes(n, terms, Smaller)),
        ["Max_ArgMax"] = (n, terms) => Both(Extremes(n, terms, Larger)),
        ["KMin"] = (n, terms) => Values(Smallest(n, terms).Select(e => e.Value)),
        ["ArgKMin"] = (n, terms) => Indices(Smallest(n, terms).Select(e => e.Index)),
        ["KMin_ArgKMin"] = (n, terms) => Both(Smallest(n, terms)),
        ["LogSumExp"] = (n, terms) => Values(Shifted(n, terms).Then((m, s) => s.Select(total => m + Math.Log(total)))),
        ["SumSoftMaxWeight"] = (n, terms) => Values(Shifted(n, terms).Then((m, s) => s.Select(total => total / ShiftedCount(terms, m)))),
        // KeOps 2.3 has no final logarithm here: the pair is the result.
        ["LogSumExpWeight"] = (n, terms) => Values(Shifted(n, terms).Then((m, s) => s.Prepend(m))),
        ["Max_SumShiftExp"] = (n, terms) => Values(Shifted(n, terms).Then((m, s) => s.Prepend(m))),
        ["Max_SumShiftExpWeight"] = (n, terms) => Values(Shifted(n, terms).Then((m, s) => s.Prepend(m))),
    };

    static bool Smaller(double x, double y) => x < y;

    static bool Larger(double x, double y) => x > y;

    // Strict comparison from the worst value: NaN never wins, ties stay with the first, a row of +∞ keeps index 0.
    static (double Value, long Index)[] Extremes(RowDims n, IReadOnlyList<RowTerm> terms, Func<double, double, bool> better) =>
        [.. Components(n.D).Select(k =>
        {
            var best = (Value: better(0, 1) ? double.PositiveInfinity : double.NegativeInfinity, Index: 0L);
            foreach (var term in terms)
                if (better(term.F[k], best.Value)) best = (term.F[k], term.Index);
            return best;
        })];

    // Laid out as (K, D): rank by rank, all components of a rank together.
    static (double Value, long Index)[] Smallest(RowDims n, IReadOnlyList<RowTerm> terms)
    {
        // OrderBy keeps equal values in the order of visit.
        var ranked = Components(n.D)
            .Select(k => terms.Where(t => t.F[k] < double.PositiveInfinity).OrderBy(t => t.F[k])
                .Select(t => (Value: t.F[k], Index: (long)t.Index)).ToArray())
            .ToArray();
        return [.. Enumerable.Range(0, n.K).SelectMany(rank => ranked.Select(list =>
            rank < list.Length ? list[rank] : (Value: double.PositiveInfinity, Index: 0L)))];
    }

    // m = max f and Σ exp(f − m)·g. Terms of −∞ weigh nothing, so that no −∞ − (−∞) ever arises; f = m weighs 1, also at +∞.
    static (double Max, double[] Sums) Shifted(RowDims n, IReadOnlyList<RowTerm> terms)
    {
        var max = terms.Aggregate(double.NegativeInfinity, (m, t) => Math.Max(m, t.F[0]));
        return (max, [.. Components(n.Dg).Select(k => Weighing(terms).Sum(t => Weight(t, max) * t.G[k]))]);
    }

    static double ShiftedCount(IReadOnlyList<RowTerm> terms, double max) => Weighing(terms).Sum(t => Weight(t, max));

    static IEnumerable<RowTerm> Weighing(IReadOnlyList<RowTerm> terms) => terms.Where(t => !double.IsNegativeInfinity(t.F[0]));

    static double Weight(RowTerm term, double max) => term.F[0] == max ? 1 : Math.Exp(term.F[0] - max);

    static IEnumerable<double> Then(this (double Max, double[] Sums) pair, Func<double, double[], IEnumerable<double>> finish) =>
        finish(pair.Max, pair.Sums);

    static IEnumerable<int> Components(int count) => Enumerable.Range(0, count);

    static RowValue Values(IEnumerable<double> values) => new([.. values], []);

    static RowValue Indices(IEnumerable<long> indices) => new([], [.. indices]);

    static RowValue Both((double Value, long Index)[] entries) => new([.. entries.Select(e => e.Value)], [.. entries.Select(e => e.Index)]);
}
