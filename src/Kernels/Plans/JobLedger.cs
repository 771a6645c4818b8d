namespace Distributed.Keops.Kernels.Plans;

/// <summary>
/// What of a plan's tasks stands and what is due: pure bookkeeping, without clock, network or threads. Every node of every task's merge tree
/// has a slot, filled once; a task may run many times, the first receipt counts.
/// <code>
///   due ──TryTake──▶ outstanding ──Fill──▶ standing ──(both children stand)──▶ their parent's merge is due … until all roots stand
///    ▲                   │                    │
///    └──GiveBack, Fail───┘      LoseHolder────┘  (only what is still needed becomes due again)
/// </code>
/// Not safe for several threads.
/// </summary>
public sealed class JobLedger
{
    /// <summary>Failures after which a task is given up.</summary>
    public const int MaxFailures = 4;

    readonly Plan _plan;
    readonly int _taskLevel;
    readonly List<PlanTask> _roots = [];
    readonly Dictionary<PlanTask, SlotFill> _standing = [];
    readonly HashSet<PlanTask> _queued = [];
    readonly HashSet<PlanTask> _outstanding = [];
    readonly LinkedList<PlanTask> _merges = [];
    readonly LinkedList<PlanTask> _tasks = [];
    readonly Dictionary<PlanTask, List<string>> _failures = [];

    /// <summary>A ledger in which every task is due.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="tasks">All of it, as <see cref="Plan.Cut"/> cuts it: runs of blocks, each with all nodes of one level.</param>
    /// <exception cref="ArgumentException">The tasks are of several levels.</exception>
    public JobLedger(Plan plan, IEnumerable<PlanTask> tasks)
    {
        _plan = plan;
        var level = -1;
        foreach (var task in tasks)
        {
            if (level >= 0 && task.Node.Level != level) throw new ArgumentException($"Tasks of the levels {level} and {task.Node.Level}: one was expected.", nameof(tasks));
            level = task.Node.Level;
            TaskCount++;
            if (task.Node.Index == 0) _roots.Add(task with { Node = plan.Root });
        }

        _taskLevel = Math.Max(0, level);
        foreach (var root in _roots) Demand(root);
    }

    /// <summary>The number of tasks, merges not counted.</summary>
    public int TaskCount { get; }

    /// <summary>The slots that make up the result, ascending by batch and row.</summary>
    public IReadOnlyList<PlanTask> Roots => _roots;

    /// <summary>Whether all of the result stands.</summary>
    public bool IsComplete => _roots.TrueForAll(_standing.ContainsKey);

    /// <summary>The number of slots handed out.</summary>
    public int Outstanding => _outstanding.Count;

    /// <summary>Whether anything waits to be handed out.</summary>
    public bool HasDue => _queued.Count > 0;

    /// <summary>What stands in a slot; null when it is empty.</summary>
    public SlotFill? this[PlanTask slot] => _standing.TryGetValue(slot, out var fill) ? fill : null;

    /// <summary>What stands and is part of nothing larger that stands: all that a later life of the job needs to know.</summary>
    public IEnumerable<SlotFill> Frontier => _standing
        .Where(s => s.Key.Node.Level >= _plan.Root.Level || !_standing.ContainsKey(s.Key with { Node = s.Key.Node.Parent })).Select(s => s.Value);

    /// <summary>Whether a slot is merged from others, not computed.</summary>
    public bool IsMerge(PlanTask slot) => slot.Node.Level > _taskLevel;

    /// <summary>The two slots that a merge joins.</summary>
    public static (PlanTask Left, PlanTask Right) Children(PlanTask slot) =>
        (slot with { Node = new MergeNode(slot.Node.Level - 1, 2 * slot.Node.Index) },
         slot with { Node = new MergeNode(slot.Node.Level - 1, 2 * slot.Node.Index + 1) });

    /// <summary>Hands out a merge that is due and that <paramref name="accept"/> takes, or else a task.</summary>
    public bool TryTake(Func<PlanTask, bool> accept, out PlanTask slot)
    {
        DropStaleMerges();
        for (var at = _merges.First; at is not null; at = at.Next)
        {
            if (!accept(at.Value)) continue;
            slot = Take(_merges, at);
            return true;
        }

        while (_tasks.First is { } head && !IsNeeded(head.Value)) Unqueue(head.Value);
        slot = default;
        if (_tasks.First is not { } first) return false;
        slot = Take(_tasks, first);
        return true;
    }

    /// <summary>Takes in a receipt. The first one fills the slot; a later one must say the same.</summary>
    /// <returns>Whether it was the first.</returns>
    /// <exception cref="NondeterministicTaskException">Equal engines gave different bits.</exception>
    public bool Fill(PlanTask slot, SlotFill fill)
    {
        _outstanding.Remove(slot);
        Unqueue(slot);
        if (_standing.TryGetValue(slot, out var first))
        {
            if (first.EngineId == fill.EngineId && first.Checksum != fill.Checksum) throw new NondeterministicTaskException(slot, first, fill);
            return false;
        }

        Stand(slot, fill);
        return true;
    }

    /// <summary>Takes back what was handed out and came to nothing through no fault of its own.</summary>
    public void GiveBack(PlanTask slot)
    {
        if (_outstanding.Remove(slot) && IsNeeded(slot)) Demand(slot);
    }

    /// <summary>Takes back what was handed out and failed.</summary>
    /// <returns>All causes, once it has failed <see cref="MaxFailures"/> times; else null.</returns>
    public IReadOnlyList<string>? Fail(PlanTask slot, string cause)
    {
        if (!_failures.TryGetValue(slot, out var causes)) _failures.Add(slot, causes = []);
        causes.Add(cause);
        GiveBack(slot);
        return causes.Count >= MaxFailures ? causes : null;
    }

    /// <summary>Empties the slots whose bytes only one holder had, which is gone.</summary>
    public void LoseHolder(string holder)
    {
        var lost = _standing.Where(s => s.Value.Holder == holder).Select(s => s.Key).ToList();
        foreach (var slot in lost) _standing.Remove(slot);
        if (lost.Count == 0) return;
        foreach (var root in _roots) Demand(root);
    }

    /// <summary>
    /// What was due need not be any more: a late receipt filled a slot above it, or below one that is being merged already a child was lost.
    /// </summary>
    void DropStaleMerges()
    {
        for (var at = _merges.First; at is not null;)
        {
            var (slot, next) = (at.Value, at.Next);
            var needed = IsNeeded(slot);
            if (!needed || !ChildrenStand(slot))
            {
                Unqueue(slot);
                if (needed) Demand(slot);
            }

            at = next;
        }
    }

    bool ChildrenStand(PlanTask slot)
    {
        var (left, right) = Children(slot);
        return _standing.ContainsKey(left) && _standing.ContainsKey(right);
    }

    PlanTask Take(LinkedList<PlanTask> queue, LinkedListNode<PlanTask> at)
    {
        queue.Remove(at);
        _queued.Remove(at.Value);
        _outstanding.Add(at.Value);
        return at.Value;
    }

    void Stand(PlanTask slot, SlotFill fill)
    {
        _standing[slot] = fill;
        if (slot.Node.Level >= _plan.Root.Level) return;
        var parent = slot with { Node = slot.Node.Parent };
        // The last node of a level may be an only child: its state is its parent's.
        if (IsOnlyChild(slot.Node)) Stand(parent, fill);
        else if (IsNeeded(parent)) Demand(parent);
    }

    /// <summary>Whether nothing above the slot stands, nor the slot itself.</summary>
    bool IsNeeded(PlanTask slot)
    {
        for (; !_standing.ContainsKey(slot); slot = slot with { Node = slot.Node.Parent })
        {
            if (slot.Node.Level >= _plan.Root.Level) return true;
        }

        return false;
    }

    /// <summary>Makes due whatever the slot lacks.</summary>
    void Demand(PlanTask slot)
    {
        if (_standing.ContainsKey(slot) || _outstanding.Contains(slot)) return;
        if (!IsMerge(slot))
        {
            if (_queued.Add(slot)) _tasks.AddLast(slot);
            return;
        }

        var (left, right) = Children(slot);
        if (IsOnlyChild(left.Node))
        {
            if (_standing.TryGetValue(left, out var only)) Stand(slot, only);
            else Demand(left);
            return;
        }

        if (ChildrenStand(slot))
        {
            if (_queued.Add(slot)) _merges.AddLast(slot);
            return;
        }

        // Was due until one of its children was lost.
        Unqueue(slot);
        Demand(left);
        Demand(right);
    }

    void Unqueue(PlanTask slot)
    {
        if (_queued.Remove(slot)) (IsMerge(slot) ? _merges : _tasks).Remove(slot);
    }

    bool IsOnlyChild(MergeNode node) => node.Index % 2 == 0 && new MergeNode(node.Level, node.Index + 1).LeafCount(_plan.Leaves) == 0;
}

/// <summary>What stands in a slot.</summary>
/// <param name="EngineId">What computed it.</param>
/// <param name="Checksum">Of its bytes.</param>
/// <param name="Holder">The only one who has the bytes; null when they can't be lost.</param>
public record SlotFill(string EngineId, ulong Checksum, string? Holder);
