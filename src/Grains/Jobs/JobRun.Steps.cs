using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains;

/// <summary>Handing out work, and what is made of the answers.</summary>
sealed partial class JobRun
{
    /// <summary>Hands out what is due and takes in what has come back.</summary>
    async Task StepAsync(JobOpening opening, JobLedger ledger, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var holder in await _pool.RefreshAsync(opening, cancellationToken)) ledger.LoseHolder(holder);
        HandOut(ledger, cancellationToken);
        // A beat, since a worker may join or be gone while nothing comes back.
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny([.. _running.Keys, Task.Delay(Beat, time, beat.Token)]);
        await beat.CancelAsync();
        var filled = false;
        foreach (var call in _running.Keys.Where(c => c.IsCompleted).ToList())
        {
            _running.Remove(call, out var run);
            run.Worker.Outstanding--;
            filled |= TakeIn(ledger, run.Worker, run.Slot, await call, cancellationToken);
        }

        if (filled) await changed(false);
    }

    /// <summary>One to each worker in turn, as long as they have room, so that few tasks spread over all.</summary>
    void HandOut(JobLedger ledger, CancellationToken cancellationToken)
    {
        for (var handed = true; handed && ledger.HasDue;)
        {
            handed = false;
            foreach (var worker in _pool.Workers.Where(w => w.HasRoom).OrderBy(w => w.Outstanding).ToList())
            {
                if (!ledger.TryTake(merge => MayMerge(ledger, merge, worker), out var slot)) continue;
                worker.Outstanding++;
                _running.Add(CallAsync(ledger, worker, slot, cancellationToken), (worker, slot));
                handed = true;
            }
        }
    }

    /// <summary>A merge goes to one that holds a side of it; where both are in receipts, to anyone.</summary>
    static bool MayMerge(JobLedger ledger, PlanTask merge, JobWorker worker)
    {
        var (left, right) = JobLedger.Children(merge);
        var (a, b) = (ledger[left]?.Holder, ledger[right]?.Holder);
        return (a is null && b is null) || a == worker.Holder || b == worker.Holder;
    }

    async Task<Outcome> CallAsync(JobLedger ledger, JobWorker worker, PlanTask slot, CancellationToken cancellationToken)
    {
        try
        {
            if (!ledger.IsMerge(slot)) return new Outcome(await worker.Grain.Run(new ReductionTask(job, slot), cancellationToken), null);
            var (left, right) = JobLedger.Children(slot);
            var task = new MergeTask(job, slot, ReceiptOf(left).Block, ReceiptOf(right).Block);
            return new Outcome(await worker.Grain.Merge(task, cancellationToken), null);
        }
        catch (Exception error)
        {
            return new Outcome(null, error);
        }
    }

    /// <returns>Whether a slot was filled.</returns>
    bool TakeIn(JobLedger ledger, JobWorker worker, PlanTask slot, Outcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Receipt is { } receipt)
        {
            worker.TasksDone++;
            worker.PairsDone += receipt.Pairs;
            if (_inlineBytes + receipt.Block.Inline?.Bytes.Length > MaxInlineBytes) receipt = WithoutBytes(receipt);
            if (!ledger.Fill(slot, new ReceiptFill(receipt))) return false;
            _inlineBytes += receipt.Block.Inline?.Bytes.Length ?? 0;
            _pairsDone += receipt.Pairs;
            return true;
        }

        cancellationToken.ThrowIfCancellationRequested();
        switch (Judge(outcome.Error!))
        {
            case Verdict.WorkerGone:
                ledger.GiveBack(slot);
                _pool.Drop(worker);
                break;
            case Verdict.BlockGone:
                ledger.GiveBack(slot);
                ledger.LoseHolder(((KeopsFaultException)outcome.Error!).LostIncarnation.ToString("n"));
                break;
            case Verdict.Counts:
                if (ledger.Fail(slot, $"{worker.Info.Silo}: {outcome.Error!.Message}") is { } causes)
                    throw new KeopsFaultException(FaultKind.Internal, $"A task failed {causes.Count} times. {string.Join(" | ", causes)}");
                break;
            default:
                throw outcome.Error!;
        }

        return false;
    }

    /// <summary>Has the output written. False when results were lost and must be made again, or the worker was.</summary>
    async Task<bool> WriteAsync(JobOpening opening, JobLedger ledger, CancellationToken cancellationToken)
    {
        if (opening.Request.Output is null) return true;
        foreach (var holder in await _pool.RefreshAsync(opening, cancellationToken)) ledger.LoseHolder(holder);
        if (!ledger.IsComplete) return false;
        // The one that holds most fetches least.
        var bytes = ledger.Roots.Select(ReceiptOf).GroupBy(r => r.Block.Ticket.Incarnation)
            .ToDictionary(g => g.Key, g => g.Sum(r => r.Block.Ticket.Length));
        var worker = _pool.Workers.MaxBy(w => bytes.GetValueOrDefault(w.Info.Incarnation));
        if (worker is null)
        {
            await Task.Delay(Beat, time, cancellationToken);
            return false;
        }

        _snapshot = _snapshot with { Phase = JobPhase.Writing, Attempts = _snapshot.Attempts + 1 };
        Results = Slices(ledger);
        await changed(true);
        try
        {
            await worker.Grain.Assemble(new AssembleTask(job, _snapshot.Attempts), cancellationToken);
            return true;
        }
        catch (Exception error) when (Judge(error) == Verdict.BlockGone)
        {
            ledger.LoseHolder(((KeopsFaultException)error).LostIncarnation.ToString("n"));
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested
            && (Judge(error) == Verdict.WorkerGone || (Judge(error) == Verdict.Counts && _snapshot.Attempts < JobLedger.MaxFailures)))
        {
            _pool.Drop(worker);
        }

        return false;
    }

    static Verdict Judge(Exception error) => error switch
    {
        KeopsFaultException { Kind: FaultKind.LostBlock } => Verdict.BlockGone,
        KeopsFaultException { Kind: FaultKind.UnknownJob or FaultKind.Stopping } => Verdict.WorkerGone,
        KeopsFaultException { Kind: FaultKind.Transient or FaultKind.Internal } => Verdict.Counts,
        KeopsFaultException => Verdict.JobFails,
        OperationCanceledException => Verdict.WorkerGone,
        _ => Transient.Is(error) ? Verdict.WorkerGone : Verdict.Counts,
    };

    enum Verdict
    {
        WorkerGone,
        BlockGone,
        Counts,
        JobFails,
    }
}
