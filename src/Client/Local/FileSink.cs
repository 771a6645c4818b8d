using System.Collections.Immutable;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Client.Local;

/// <summary>Results in a Parquet file or folder, which appears when everything is written.</summary>
sealed class FileSink(ResultWriter writer, KeptColumns? kept, int[] columns) : ResultSink
{
    public static async Task<FileSink> CreateAsync(
        ReductionCall call, CompiledReduction compiled, Plan plan, BoundData data, CancellationToken cancellationToken)
    {
        if (plan.Batches > 1) throw new KeopsException("A result with batch dimensions can't be written as Parquet: ask for it in memory.");
        var groups = compiled.Program.Monoid.Outputs.Select(output => ResultColumns.For(
            output.Name,
            output.Dim,
            output.Rank == 0 ? null : output.Rank,
            ResultKinds.Of(output.Type == ComponentType.Index ? null : call.Type),
            nullable: data.Rows.WholeRows is not null)).ToArray();
        var kept = await OpenKeptAsync(call, data, cancellationToken).ConfigureAwait(false);
        try
        {
            var options = new ResultOptions
            {
                Overwrite = true,
                Keep = kept,
                Metadata = ImmutableDictionary<string, string>.Empty
                    .Add("keops.reduction", $"{call.Reduction.Kind} axis {call.Reduction.Axis}: {call.Reduction.Formula}")
                    .Add("keops.plan", plan.Hash),
            };
            var writer = await ResultWriter.CreateAsync(call.Output!.Path, groups.SelectMany(g => g), options, cancellationToken)
                .ConfigureAwait(false);
            return new FileSink(writer, kept, [.. groups.Select(g => g.Length)]);
        }
        catch
        {
            if (kept is not null) await kept.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task WriteAsync(int batch, ResultBlock block, RowMask? valid, CancellationToken cancellationToken) =>
        writer.AppendGroupsAsync(
        block.Rows, [.. columns.Zip(block.Columns, (c, bytes) => (c, (ReadOnlyMemory<byte>)bytes))], valid, cancellationToken);

    public override async Task<IReadOnlyList<ResultArray>> CompleteAsync(CancellationToken cancellationToken)
    {
        await writer.CommitAsync(cancellationToken).ConfigureAwait(false);
        return [];
    }

    public override async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync().ConfigureAwait(false);
        if (kept is not null) await kept.DisposeAsync().ConfigureAwait(false);
    }

    static async Task<KeptColumns?> OpenKeptAsync(ReductionCall call, BoundData data, CancellationToken cancellationToken)
    {
        if (call.Output!.Keep.IsEmpty) return null;
        if (data.Rows.Clouds.Count == 0)
            throw new KeopsException($"Columns {string.Join(", ", call.Output.Keep)} can't be kept: no file stands on the output's side.");
        var spec = new CloudSpec(data.Rows.Clouds[0].Spec.Path, call.Output.Keep);
        return await KeptColumns.OpenAsync(spec, cancellationToken).ConfigureAwait(false);
    }
}
