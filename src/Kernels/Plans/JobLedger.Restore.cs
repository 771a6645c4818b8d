namespace Distributed.Keops.Kernels.Plans;

/// <summary>What a former life of the job has left.</summary>
public sealed partial class JobLedger
{
    /// <summary>
    /// Fills slots of a ledger that was not used yet; what overlaps with others is left out, the rest of the plan is due.
    /// </summary>
    /// <param name="found">Slots and what stands in them, of however many lives, in any order.</param>
    /// <exception cref="NondeterministicTaskException">Equal engines gave different bits.</exception>
    public void Restore(IEnumerable<(PlanTask Slot, SlotFill Fill)> found)
    {
        // Runs of blocks first, the longest of those that begin together; then the parts of single blocks, the larger first.
        var ordered = found.OrderBy(f => f.Slot.Batch).ThenBy(f => IsRoot(f.Slot) ? 0 : 1).ThenBy(f => f.Slot.FirstBlock)
            .ThenByDescending(f => f.Slot.Blocks).ThenByDescending(f => f.Slot.Node.Level).ThenBy(f => f.Slot.Node.Index);
        var runs = new List<PlanTask>();
        var parts = new List<(PlanTask Slot, SlotFill Fill)>();
        foreach (var (slot, fill) in ordered)
        {
            if (_standing.ContainsKey(slot)) Fill(slot, fill);
            else if (!IsRoot(slot)) parts.Add((slot, fill));
            else if (runs.Count == 0 || runs[^1].Batch < slot.Batch || runs[^1].FirstBlock + runs[^1].Blocks <= slot.FirstBlock)
            {
                runs.Add(slot);
                Stand(slot, fill);
            }
        }

        var inParts = parts.Where(p => IsNeeded(p.Slot) && !IsCovered(runs, p.Slot)).ToList();
        var whole = inParts.Select(p => p.Slot with { Node = _plan.Root }).Distinct();
        Requeue(runs, [.. whole.OrderBy(b => b.Batch).ThenBy(b => b.FirstBlock)]);
        foreach (var (slot, fill) in inParts)
        {
            if (!IsNeeded(slot)) continue;
            for (var above = slot; !IsRoot(above); _split.Add(above)) above = Above(above);
            Stand(slot, fill);
        }

        foreach (var block in inParts.Select(p => p.Slot with { Node = _plan.Root }).Distinct()) Demand(block);
    }

    static bool IsCovered(List<PlanTask> runs, PlanTask part)
    {
        var at = runs.BinarySearch(part, Comparer<PlanTask>.Create((a, b) => (a.Batch, a.FirstBlock).CompareTo((b.Batch, b.FirstBlock))));
        if (at < 0) at = ~at - 1;
        return at >= 0 && runs[at].Batch == part.Batch && part.FirstBlock < runs[at].FirstBlock + runs[at].Blocks;
    }

    /// <summary>Makes due what lies between the runs that stand and the blocks that stand in part.</summary>
    void Requeue(List<PlanTask> runs, List<PlanTask> partial)
    {
        _due.Clear();
        _dueSet.Clear();
        PairsDue = 0;
        var taken = runs.Concat(partial).OrderBy(r => r.Batch).ThenBy(r => r.FirstBlock).ToList();
        var gaps = new List<PlanTask>();
        var at = 0;
        for (var batch = 0; batch < _plan.Batches; batch++)
        {
            var next = 0L;
            for (; at < taken.Count && taken[at].Batch == batch; at++)
            {
                if (taken[at].FirstBlock > next) gaps.Add(new PlanTask(batch, next, taken[at].FirstBlock - next, _plan.Root));
                next = taken[at].FirstBlock + taken[at].Blocks;
            }

            if (next < _plan.Blocks) gaps.Add(new PlanTask(batch, next, _plan.Blocks - next, _plan.Root));
        }

        for (var gap = gaps.Count - 1; gap >= 0; gap--) Queue(gaps[gap]);
    }
}
