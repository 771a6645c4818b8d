namespace Distributed.Keops.Kernels.Plans;

/// <summary>Merges that are due. Each waits for one who holds a side of it, or for anyone where both sides are in receipts.</summary>
public sealed partial class JobLedger
{
    readonly HashSet<PlanTask> _dueMerges = [];
    readonly Dictionary<string, Queue<PlanTask>> _mergesOf = new(StringComparer.Ordinal);
    readonly Queue<PlanTask> _mergesOfAnyone = new();

    /// <summary>Whether merges wait to be handed out.</summary>
    public bool HasDueMerges => _dueMerges.Count > 0;

    /// <summary>Hands out a merge to one who need not fetch both of its sides.</summary>
    /// <param name="holder">Who takes it.</param>
    /// <param name="merge">The slot that it fills.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryTakeMerge(string holder, out PlanTask merge)
    {
        if (_dueMerges.Count > 0)
        {
            if (_mergesOf.TryGetValue(holder, out var own) && TryTakeFrom(own, holder, out merge)) return true;
            if (TryTakeFrom(_mergesOfAnyone, holder, out merge)) return true;
        }

        merge = default;
        return false;
    }

    bool TryTakeFrom(Queue<PlanTask> queue, string holder, out PlanTask merge)
    {
        while (queue.TryDequeue(out merge))
        {
            // It stands in two queues, and much may have happened since it came into them.
            if (!_dueMerges.Remove(merge) || !IsNeeded(merge)) continue;
            if (!ChildrenStand(merge))
            {
                Demand(merge);
                continue;
            }

            if (!MayTake(merge, holder))
            {
                QueueMerge(merge);
                continue;
            }

            _lent.Add(merge);
            return true;
        }

        return false;
    }

    bool MayTake(PlanTask merge, string holder)
    {
        var (left, right) = Holders(merge);
        return (left is null && right is null) || left == holder || right == holder;
    }

    void QueueMerge(PlanTask merge)
    {
        if (_lent.Contains(merge) || !_dueMerges.Add(merge)) return;
        var (left, right) = Holders(merge);
        if (left is null && right is null) _mergesOfAnyone.Enqueue(merge);
        if (left is not null) QueueOf(left).Enqueue(merge);
        if (right is not null && right != left) QueueOf(right).Enqueue(merge);
    }

    Queue<PlanTask> QueueOf(string holder)
    {
        if (!_mergesOf.TryGetValue(holder, out var queue)) _mergesOf.Add(holder, queue = new());
        return queue;
    }

    (string? Left, string? Right) Holders(PlanTask merge)
    {
        var (left, right) = Children(merge);
        return (_standing[left].Holder, _standing[right].Holder);
    }
}
