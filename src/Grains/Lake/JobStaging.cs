using System.Text;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Orleans.Serialization;

namespace Distributed.Keops.Grains;

/// <summary>
/// The folder beside a job's output where its results wait until they are complete: a segment for each process that has computed some. What
/// stands here is lost with nobody; a job whose silos all died goes on from it.
/// </summary>
sealed class JobStaging
{
    const string Ending = ".blocks";

    readonly JobOpening _opening;
    readonly Serializer _serializer;
    readonly string _folder;

    /// <summary>Prepares the folder, so that an output that can't be written is known before anything is computed for it.</summary>
    /// <param name="opening">The job; it has an output.</param>
    /// <param name="lake">Where outputs may lie.</param>
    /// <param name="serializer">Writes receipts as labels of their blocks.</param>
    /// <exception cref="DataException">The output can't be written there.</exception>
    public JobStaging(JobOpening opening, LakeFolders lake, Serializer serializer)
    {
        (_opening, _serializer) = (opening, serializer);
        _folder = ResultTarget.Create(lake.ResolveOutput(opening.Request.Output!.Path), opening.Job, overwrite: true).StagingFolder;
    }

    byte[] Identity => Encoding.UTF8.GetBytes(_opening.Identity);

    /// <summary>The name of a try to write the output: no job can have it, since a job's name holds no tilde.</summary>
    public static string AttemptName(string job, int attempt) => $"{job}~{attempt}";

    /// <summary>Deletes what waits for an output, whole tries to write it included.</summary>
    public static void Discard(string job, RequestOutput output, LakeFolders lake)
    {
        var folder = FolderOf(job, output, lake);
        var parent = Path.GetDirectoryName(folder)!;
        try
        {
            if (!Directory.Exists(parent)) return;
            foreach (var found in Directory.EnumerateDirectories(parent, Path.GetFileName(folder) + "*").ToList())
            {
                var rest = Path.GetFileName(found)[Path.GetFileName(folder).Length..];
                if (rest.Length == 0 || rest[0] == '~') Directory.Delete(found, recursive: true);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Another one deletes it too.
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"Can't delete unfinished results: {fault.Message}", folder, fault);
        }
    }

    /// <summary>A segment for one worker.</summary>
    public SegmentWriter CreateSegment(Guid incarnation) =>
        // A worker that was reborn within its process, as after the loss of its directory entry, has another than before.
        new(Path.Combine(_folder, $"{incarnation:n}-{Guid.NewGuid():n}{Ending}"), Identity);

    /// <summary>Puts a block into the lake.</summary>
    /// <returns>The receipt that says where it stands.</returns>
    public async Task<TaskReceipt> PutAsync(
        SegmentWriter segment, TaskReceipt receipt, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var entry = await segment.AppendAsync(_serializer.SerializeToArray(receipt), bytes, cancellationToken).ConfigureAwait(false);
        return Placed(receipt, Path.GetFileName(segment.Path), entry);
    }

    /// <summary>What all processes have put here for this very job.</summary>
    public IReadOnlyList<TaskReceipt> List()
    {
        if (!Directory.Exists(_folder)) return [];
        var receipts = new List<TaskReceipt>();
        foreach (var path in Directory.EnumerateFiles(_folder, "*" + Ending).Order(StringComparer.Ordinal))
        {
            foreach (var entry in SegmentReader.List(path, Identity))
                receipts.Add(Placed(_serializer.Deserialize<TaskReceipt>(entry.Label)!, Path.GetFileName(path), entry));
        }

        return receipts;
    }

    /// <summary>A block's bytes.</summary>
    /// <exception cref="KeopsFaultException">They are gone, or are not what was written.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(BlockReference block, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder, Path.GetFileName(block.Staged!.Segment));
        try
        {
            var bytes = await SegmentReader.ReadAsync(path, block.Staged.Offset, block.Ticket.Length, cancellationToken)
                .ConfigureAwait(false);
            return BlockPull.Check(block, bytes);
        }
        catch (Exception fault) when (fault is EndOfStreamException
            or DataException { InnerException: FileNotFoundException or DirectoryNotFoundException })
        {
            throw KeopsFaultException.Lost(block, fault.Message);
        }
    }

    static TaskReceipt Placed(TaskReceipt receipt, string segment, SegmentEntry entry) => receipt with
    {
        Block = new BlockReference(
            receipt.Block.Ticket with { Length = entry.Length, Hash = entry.Hash }, null, new StagedBlock(segment, entry.Offset)),
    };

    static string FolderOf(string job, RequestOutput output, LakeFolders lake)
    {
        var target = Path.TrimEndingDirectorySeparator(lake.ResolveOutput(output.Path));
        return Path.Combine(Path.GetDirectoryName(target) ?? target, $".keops-{job}");
    }
}
