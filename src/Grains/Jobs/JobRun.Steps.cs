using Distributed.Keops.Contracts;
using Distributed.Keops.Grains.Scheduling;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains;

/// <summary>Handing out work, and what is made of the answers.</summary>
sealed partial class JobRun
{
    /// <summary>Hands out what is due and takes in what has come back.</summary>
    async Task StepAsync(JobOpening opening, JobScheduler scheduler, CancellationToken cancellationToken)
    {
        await RefreshAsync(opening, scheduler, cancellationToken);
        while (scheduler.TryNext(Now, out var assignment))
        {
            if (assignment.IsDuplicate) metrics.TaskDuplicated();
            Call(assignment, cancellationToken);
        }

        // A beat, since a worker may join or be gone while nothing comes back.
        await WaitAsync(beat => _answers.Reader.WaitToReadAsync(beat).AsTask(), cancellationToken);
        var (filled, retried) = (false, scheduler.Retried);
        while (_answers.Reader.TryRead(out var answer))
        {
            _calls--;
            filled |= TakeIn(scheduler, answer, cancellationToken);
        }

        for (; retried < scheduler.Retried; retried++) metrics.TaskRetried();
        if (filled) await changed(false);
    }

    async Task RefreshAsync(JobOpening opening, JobScheduler scheduler, CancellationToken cancellationToken)
    {
        if (Now < _nextRefresh) return;
        _nextRefresh = Now + RefreshInterval;
        var (gone, joined) = await _pool.RefreshAsync(opening, cancellationToken);
        foreach (var holder in gone)
        {
            scheduler.Leave(_pool.Of(holder).Schedule);
            scheduler.Lose(holder);
        }

        foreach (var worker in joined) scheduler.Join(worker.Schedule);
    }

    /// <summary>Has a worker do something; its answer comes through the channel.</summary>
    void Call(Assignment assignment, CancellationToken cancellationToken)
    {
        _calls++;
        var worker = _pool.Of(assignment.Worker.Holder);
        _ = AnswerAsync();

        async Task AnswerAsync()
        {
            Answer answer;
            try
            {
                answer = new Answer(worker, assignment, await CallAsync(worker, assignment, cancellationToken), null);
            }
            catch (Exception error)
            {
                answer = new Answer(worker, assignment, null, error);
            }

            _answers.Writer.TryWrite(answer);
        }
    }

    Task<TaskReceipt> CallAsync(JobWorker worker, Assignment assignment, CancellationToken cancellationToken)
    {
        if (!assignment.IsMerge) return worker.Grain.Run(new ReductionTask(job, assignment.Slot), cancellationToken);
        var (left, right) = _ledger!.Children(assignment.Slot);
        return worker.Grain.Merge(new MergeTask(job, assignment.Slot, BlockOf(left), BlockOf(right)), cancellationToken);

        BlockReference BlockOf(PlanTask slot) => ((ReceiptFill)_ledger[slot]!).Receipt.Block;
    }

    /// <returns>Whether a slot was filled.</returns>
    bool TakeIn(JobScheduler scheduler, Answer answer, CancellationToken cancellationToken)
    {
        var (worker, assignment, receipt, error) = answer;
        if (receipt is not null) return scheduler.Complete(assignment, Keep(receipt), receipt.Elapsed, Now);
        cancellationToken.ThrowIfCancellationRequested();
        switch (Judge(error!))
        {
            case Verdict.WorkerGone:
                scheduler.GiveBack(assignment, Now);
                scheduler.Leave(worker.Schedule);
                _pool.Drop(worker);
                return false;
            case Verdict.BlockGone:
                scheduler.GiveBack(assignment, Now);
                scheduler.Lose(((KeopsFaultException)error!).LostHolder!);
                return false;
            case Verdict.Counts:
                if (scheduler.Fail(assignment, $"{worker.Info.Silo}: {error!.Message}", Now) is not { } causes) return false;
                throw new KeopsFaultException(FaultKind.Internal, $"A task failed {causes.Count} times. {string.Join(" | ", causes)}");
            default:
                throw error!;
        }
    }

    /// <summary>Has the output written. False when results were lost and must be made again, or the worker was.</summary>
    async Task<bool> WriteAsync(JobOpening opening, JobLedger ledger, JobScheduler scheduler, CancellationToken cancellationToken)
    {
        if (opening.Request.Output is null) return true;
        _nextRefresh = Now;
        await RefreshAsync(opening, scheduler, cancellationToken);
        if (!ledger.IsComplete) return false;
        if (_pool.Workers.MinBy(w => w.Info.Silo, StringComparer.Ordinal) is not { } worker)
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
            scheduler.Lose(((KeopsFaultException)error).LostHolder!);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested
            && (Judge(error) == Verdict.WorkerGone || (Judge(error) == Verdict.Counts && _snapshot.Attempts < JobLedger.MaxFailures)))
        {
            scheduler.Leave(worker.Schedule);
            _pool.Drop(worker);
        }

        _snapshot = _snapshot with { Phase = JobPhase.Running };
        await changed(true);
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
