namespace Distributed.Keops.Kernels.Plans;

/// <summary>
/// What of a plan stands and what is due: pure bookkeeping, without clock, network or threads. The plan is not cut beforehand: whoever
/// takes work says how much, and gets a run of i-blocks with all their leaves, or a subtree of the leaves of one, whose state is merged with
/// its sister's later. What was computed stands in a slot that is filled once; work may be done many times, the first receipt counts.
/// <code>
///   due ──TryTake──▶ lent ──Fill──▶ standing ──(both children stand)──▶ their parent's merge is due … until all i-blocks stand
///    ▲                 │               │
///    └──GiveBack, Fail─┘      Lose─────┘  (only what is still needed becomes due again)
/// </code>
/// Every step takes a time that does not grow with the plan, but for the depth of the tree. Not safe for several threads.
/// </summary>
public sealed partial class JobLedger
{
    /// <summary>Failures after which a piece of work is given up.</summary>
    public const int MaxFailures = 4;

    readonly Plan _plan;
    readonly PairCounts _pairs;
    readonly bool _wholeBlocks;
    readonly LinkedList<PlanTask> _due = [];
    readonly HashSet<PlanTask> _dueSet = [];
    readonly HashSet<PlanTask> _lent = [];
    readonly HashSet<PlanTask> _split = [];
    readonly Dictionary<PlanTask, SlotFill> _standing = [];
    readonly Dictionary<string, HashSet<PlanTask>> _held = new(StringComparer.Ordinal);
    readonly HashSet<PlanTask> _counted = [];
    readonly Dictionary<PlanTask, List<(string By, string Cause)>> _failures = [];
    long _blocksMissing;

    /// <summary>A ledger in which everything is due.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="pairs">How much work its parts are.</param>
    /// <param name="wholeBlocks">Whether the leaves of an i-block stay together.</param>
    public JobLedger(Plan plan, PairCounts pairs, bool wholeBlocks = false)
    {
        (_plan, _pairs, _wholeBlocks) = (plan, pairs, wholeBlocks);
        _blocksMissing = plan.Blocks * plan.Batches;
        for (var batch = plan.Batches - 1; batch >= 0; batch--)
        {
            if (plan.Blocks > 0) Queue(new PlanTask(batch, 0, plan.Blocks, plan.Root));
        }
    }

    /// <summary>Whether all of the result stands.</summary>
    public bool IsComplete => _blocksMissing == 0;

    /// <summary>The pairs of all that was computed and is not lost.</summary>
    public double PairsDone { get; private set; }

    /// <summary>The pairs of all that waits to be handed out.</summary>
    public double PairsDue { get; private set; }

    /// <summary>Whether work waits to be handed out, merges not counted.</summary>
    public bool HasDue => _due.Count > 0;

    /// <summary>The slots that make up the result, ascending by batch and row, once it is complete.</summary>
    public IEnumerable<(PlanTask Slot, SlotFill Fill)> Results => _standing.Where(s => IsRoot(s.Key))
        .OrderBy(s => s.Key.Batch).ThenBy(s => s.Key.FirstBlock).Select(s => (s.Key, s.Value));

    /// <summary>What stands in a slot; null when it is empty.</summary>
    public SlotFill? this[PlanTask slot] => _standing.GetValueOrDefault(slot);

    /// <summary>Whether a slot is merged from its children, not computed.</summary>
    public bool IsMerge(PlanTask slot) => _split.Contains(slot);

    /// <summary>The two slots that a merge joins.</summary>
    public (PlanTask Left, PlanTask Right) Children(PlanTask slot) =>
        (slot with { Node = slot.Node.Left.Lowest(_plan.Leaves) }, slot with { Node = slot.Node.Right.Lowest(_plan.Leaves) });

    /// <summary>Hands out work of about a size.</summary>
    /// <param name="worker">Who takes it: what has failed there goes elsewhere where there is anything else to do.</param>
    /// <param name="pairs">How many pairs it may be; the smallest part of a plan may be more.</param>
    /// <param name="maxBlocks">The most i-blocks it may be, at least 1; what has failed is tried again as it was.</param>
    /// <param name="task">The work.</param>
    /// <returns>Whether there was any.</returns>
    public bool TryTake(string worker, double pairs, long maxBlocks, out PlanTask task)
    {
        task = default;
        while (_due.First is { } head && !IsNeeded(head.Value)) Unqueue(head);
        if (_due.First is not { } first) return false;
        if (first.Next is { } other && HasFailedAt(first.Value, worker) && IsNeeded(other.Value)) first = other;
        task = first.Value;
        Unqueue(first);
        // What has failed is tried again as it was, so that its failures are counted together.
        if (!_failures.ContainsKey(task)) task = Cut(task, pairs, maxBlocks);
        _lent.Add(task);
        return true;
    }

    /// <summary>Takes in a receipt. The first one fills the slot; a later one must say the same.</summary>
    /// <returns>Whether it was the first.</returns>
    /// <exception cref="NondeterministicTaskException">Equal engines gave different bits.</exception>
    public bool Fill(PlanTask slot, SlotFill fill)
    {
        var isLent = _lent.Remove(slot);
        if (_standing.TryGetValue(slot, out var first))
        {
            if (first.EngineId == fill.EngineId && first.Checksum != fill.Checksum)
                throw new NondeterministicTaskException(slot, first, fill);
            return false;
        }

        // The receipt is late: it was due again meanwhile, perhaps in smaller parts, or is part of what is not needed any more.
        var isDue = _dueSet.Contains(slot);
        if (!isLent && !isDue && slot.Blocks > 1) return false;
        if (isDue) Unqueue(_due.Find(slot)!);
        if (!IsNeeded(slot)) return false;
        Stand(slot, fill);
        return true;
    }

    /// <summary>Takes back what was handed out and came to nothing through no fault of its own.</summary>
    public void GiveBack(PlanTask slot)
    {
        if (_lent.Remove(slot) && IsNeeded(slot)) Demand(slot);
    }

    /// <summary>Takes back what was handed out and failed.</summary>
    /// <param name="slot">What.</param>
    /// <param name="worker">By whom.</param>
    /// <param name="cause">Why.</param>
    /// <param name="isLent">Whether another one still has it in hand, so that it is not due.</param>
    /// <returns>All causes, once it has failed <see cref="MaxFailures"/> times; else null.</returns>
    public IReadOnlyList<string>? Fail(PlanTask slot, string worker, string cause, bool isLent = false)
    {
        if (!_failures.TryGetValue(slot, out var failures)) _failures.Add(slot, failures = []);
        failures.Add((worker, cause));
        if (!isLent) GiveBack(slot);
        return failures.Count >= MaxFailures ? [.. failures.Select(f => f.Cause)] : null;
    }

    /// <summary>Empties the slots whose bytes only one holder had, which is gone.</summary>
    public void Lose(string holder)
    {
        if (!_held.Remove(holder, out var lost)) return;
        foreach (var slot in lost)
        {
            _standing.Remove(slot);
            if (IsRoot(slot)) _blocksMissing += slot.Blocks;
            // Who will hold this side of it is not known now.
            else _dueMerges.Remove(Above(slot));
        }

        foreach (var slot in lost)
        {
            if (IsNeeded(slot)) Demand(slot);
        }
    }

    /// <summary>A part of what is due, of about the wanted size; what is left of it stays at the head of the queue.</summary>
    PlanTask Cut(PlanTask task, double pairs, long maxBlocks)
    {
        if (task.Blocks > 1)
        {
            var blocks = Math.Min(maxBlocks, _pairs.Fitting(task.FirstBlock, task.Blocks, pairs));
            if (blocks < task.Blocks) Queue(task with { FirstBlock = task.FirstBlock + blocks, Blocks = task.Blocks - blocks });
            task = task with { Blocks = blocks };
        }

        while (task.Blocks == 1 && !_wholeBlocks && task.Node.Level > 0 && _pairs.Of(task) > 2 * pairs)
        {
            var (left, right) = Children(task);
            _split.Add(task);
            Queue(right);
            task = left;
        }

        return task;
    }

    void Stand(PlanTask slot, SlotFill fill)
    {
        _standing[slot] = fill;
        _failures.Remove(slot);
        if (fill.Holder is not null)
        {
            if (!_held.TryGetValue(fill.Holder, out var held)) _held.Add(fill.Holder, held = []);
            held.Add(slot);
        }

        Count(slot);
        if (IsRoot(slot)) _blocksMissing -= slot.Blocks;
        else if (Above(slot) is var parent && IsNeeded(parent) && ChildrenStand(parent)) QueueMerge(parent);
    }

    /// <summary>Makes due whatever a slot lacks.</summary>
    void Demand(PlanTask slot)
    {
        if (_standing.ContainsKey(slot)) return;
        if (!IsMerge(slot) && _counted.Remove(slot)) PairsDone -= _pairs.Of(slot);
        if (_lent.Contains(slot) || _dueSet.Contains(slot)) return;
        if (!IsMerge(slot))
        {
            Queue(slot);
            return;
        }

        if (ChildrenStand(slot))
        {
            QueueMerge(slot);
            return;
        }

        var (left, right) = Children(slot);
        Demand(right);
        Demand(left);
    }

    /// <summary>
    /// Counts what was computed for a slot that stands. Below a merge only what was lost while it was on its way was not counted.
    /// </summary>
    void Count(PlanTask slot)
    {
        if (!IsMerge(slot))
        {
            if (_counted.Add(slot)) PairsDone += _pairs.Of(slot);
            return;
        }

        var (left, right) = Children(slot);
        if (!_standing.ContainsKey(left)) Count(left);
        if (!_standing.ContainsKey(right)) Count(right);
    }

    bool IsRoot(PlanTask slot) => slot.Node == _plan.Root;

    PlanTask Above(PlanTask slot) => slot with { Node = slot.Node.Above(_plan.Leaves) };

    bool ChildrenStand(PlanTask slot)
    {
        var (left, right) = Children(slot);
        return _standing.ContainsKey(left) && _standing.ContainsKey(right);
    }

    /// <summary>Whether neither the slot stands nor anything it is part of.</summary>
    bool IsNeeded(PlanTask slot)
    {
        for (; !_standing.ContainsKey(slot); slot = Above(slot))
        {
            if (IsRoot(slot)) return true;
        }

        return false;
    }

    bool HasFailedAt(PlanTask slot, string worker) => _failures.TryGetValue(slot, out var failures) && failures.Exists(f => f.By == worker);

    void Queue(PlanTask task)
    {
        if (!_dueSet.Add(task)) return;
        _due.AddFirst(task);
        PairsDue += _pairs.Of(task);
    }

    void Unqueue(LinkedListNode<PlanTask> at)
    {
        _due.Remove(at);
        _dueSet.Remove(at.Value);
        PairsDue = _due.Count == 0 ? 0 : PairsDue - _pairs.Of(at.Value);
    }
}
