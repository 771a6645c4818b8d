using System.Collections.Immutable;
using System.Globalization;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Grains;

/// <summary>Writes the output of a job from its result blocks, in row order; it appears by one rename when all is written.</summary>
sealed class ResultAssembler(JobOpening opening, JobData data, LakeFolders lake, string silo, TimeProvider time)
{
    /// <summary>Writes the output.</summary>
    /// <param name="attempt">Which try it is.</param>
    /// <param name="blocks">All result blocks with their bytes, ascending.</param>
    /// <param name="commit">Asked, when all is written, whether it may appear; gives what the job says of itself, which appears with
    /// it.</param>
    /// <param name="cancellationToken">Ends the writing; nothing is left.</param>
    public async Task WriteAsync(
        int attempt,
        IAsyncEnumerable<(ResultSlice Part, ReadOnlyMemory<byte> Bytes)> blocks,
        Func<Task<JobReport>> commit,
        CancellationToken cancellationToken)
    {
        JobReport? asked = null;
        var output = opening.Request.Output!;
        if (data.Reduction.Plan.Batches > 1)
            throw new KeopsException("A result with batch dimensions can't be written as Parquet: ask for it in memory.");
        var outputs = data.Compiled.Program.Monoid.Outputs;
        var groups = outputs.Select(o => ResultColumns.For(
            o.Name, o.Dim, o.Rank == 0 ? null : o.Rank, Kind(o.Type), nullable: data.Rows.WholeRows is not null)).ToArray();
        await using var kept = await OpenKeptAsync(output, cancellationToken).ConfigureAwait(false);
        var reduction = data.Compiled.Reduction;
        var options = new ResultOptions
        {
            // Two tries of one job, of which the first is thought dead, must not share their unfinished files.
            Job = JobStaging.AttemptName(opening.Job, attempt),
            Overwrite = true,
            Keep = kept,
            Report = parts => JobReports.ToJson(Complete(asked!, parts)),
            Metadata = ImmutableDictionary<string, string>.Empty
                .Add("keops.reduction", $"{reduction.Kind} axis {reduction.Axis}: {reduction.Formula}")
                .Add("keops.plan", data.Reduction.Plan.Hash),
        };
        var path = lake.ResolveOutput(output.Path);
        await using var writer = await ResultWriter.CreateAsync(path, groups.SelectMany(g => g), options, cancellationToken)
            .ConfigureAwait(false);
        await foreach (var (part, bytes) in blocks.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var columns = new List<(int, ReadOnlyMemory<byte>)>();
            var at = 0;
            for (var o = 0; o < groups.Length; o++)
            {
                var length = part.Rows * groups[o].Sum(c => c.RowBytes);
                columns.Add((groups[o].Length, bytes.Slice(at, length)));
                at += length;
            }

            await writer.AppendGroupsAsync(part.Rows, columns, data.Rows.Mask(part.FirstRow, part.Rows), cancellationToken)
                .ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        // As late as can be: the silos may have read the inputs long ago.
        data.RequireUnchanged();
        asked = await commit().ConfigureAwait(false);
        // Allowed is done: whoever cancels now is told that the job was done before.
        await writer.CommitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>
    /// The job's report with what only the writer of the output knows. The report is read by those who see the output: the job is done
    /// then.
    /// </summary>
    JobReport Complete(JobReport asked, IReadOnlyCollection<ResultPart> parts) => asked with
    {
        Outcome = "done",
        Times = asked.Times with { Ended = time.GetUtcNow() },
        Inputs = [.. asked.Inputs.Select(i => i with { Files = data.FilesOf(i.Spec) })],
        SkippedRows = data.SkippedRows,
        Output = new ReportedOutput(opening.Request.Output!.Path, parts.Count, parts.Sum(p => p.Rows), parts.Sum(p => p.Bytes), silo),
    };

    ResultKind Kind(ComponentType type) =>
        ResultKinds.Of(type == ComponentType.Index ? null : data.Compiled.Type);

    async Task<KeptColumns?> OpenKeptAsync(RequestOutput output, CancellationToken cancellationToken)
    {
        if (output.Keep.IsEmpty) return null;
        if (data.Rows.Clouds.Count == 0)
            throw new KeopsException($"Columns {string.Join(", ", output.Keep)} can't be kept: no file stands on the output's side.");
        return await KeptColumns.OpenAsync(new CloudSpec(data.Rows.Clouds[0].Spec.Path, output.Keep), cancellationToken)
            .ConfigureAwait(false);
    }
}
