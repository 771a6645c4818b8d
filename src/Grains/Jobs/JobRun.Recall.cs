using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains;

/// <summary>What former lives of the job have left: in the lake, and with workers that still live.</summary>
sealed partial class JobRun
{
    async Task<IReadOnlyList<(PlanTask Slot, SlotFill Fill)>> RecallAsync(JobOpening opening, CancellationToken cancellationToken)
    {
        var lists = new List<Task<List<TaskReceipt>>>();
        foreach (var worker in _pool.Workers)
        {
            var grain = worker.Grain;
            lists.Add(PagesAsync(first => grain.Held(job, first), worker, cancellationToken));
        }

        if (opening.Request.Output is not null)
        {
            var reader = _pool.Workers.MinBy(w => w.Info.Silo, StringComparer.Ordinal)!;
            lists.Add(PagesAsync(first => reader.Grain.Staged(job, first), reader, cancellationToken));
        }

        var receipts = (await Task.WhenAll(lists)).SelectMany(list => list).Where(r => r.EngineId == _snapshot.EngineId);
        return [.. receipts.Select(r => (r.Slot, (SlotFill)Keep(r)))];
    }

    async Task<List<TaskReceipt>> PagesAsync(Func<int, Task<ReceiptPage>> page, JobWorker worker, CancellationToken cancellationToken)
    {
        var all = new List<TaskReceipt>();
        try
        {
            for (var total = 1; all.Count < total;)
            {
                var next = await page(all.Count).WaitAsync(cancellationToken);
                // Changed between two pages: what is missing is computed again.
                if (next.Receipts.IsEmpty) break;
                all.AddRange(next.Receipts);
                total = next.Total;
            }
        }
        catch (Exception error) when (Judge(error) == Verdict.WorkerGone && !cancellationToken.IsCancellationRequested)
        {
            _pool.Drop(worker);
        }

        return all;
    }

    /// <summary>A receipt as the ledger keeps it: with its bytes as long as they are not too many in all.</summary>
    ReceiptFill Keep(TaskReceipt receipt)
    {
        if (receipt.Block.Inline is not { } inline) return new ReceiptFill(receipt);
        if (_inlineBytes + inline.Bytes.Length > MaxInlineBytes)
            return new ReceiptFill(receipt with { Block = receipt.Block with { Inline = null } });
        _inlineBytes += inline.Bytes.Length;
        return new ReceiptFill(receipt);
    }
}
