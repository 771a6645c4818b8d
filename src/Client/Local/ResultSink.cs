using System.Collections.Immutable;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Client.Local;

/// <summary>Where blocks of results go, in the order of their rows.</summary>
abstract class ResultSink : IAsyncDisposable
{
    public abstract Task WriteAsync(int batch, ResultBlock block, CancellationToken cancellationToken);

    public abstract Task<IReadOnlyList<ResultArray>> CompleteAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Results in memory.</summary>
sealed class ArraySink : ResultSink
{
    readonly List<ResultArray> _arrays = [];
    readonly List<byte[]> _bytes = [];
    readonly Plan _plan;

    public ArraySink(CompiledReduction compiled, Plan plan, ImmutableArray<int> batchShape)
    {
        _plan = plan;
        foreach (var output in compiled.Program.Monoid.Outputs)
        {
            ElementType? type = output.Type == ComponentType.Index ? null : compiled.Type;
            var rowBytes = (long)output.Length * (type?.Size() ?? sizeof(long));
            var total = plan.Batches * plan.Rows * rowBytes;
            if (total > Array.MaxLength) throw new KeopsException($"The result '{output.Name}' has {total} bytes: write it to a file instead of memory.");
            var bytes = new byte[total];
            List<long> shape = [.. batchShape, plan.Rows];
            if (output.Rank > 0) shape.Add(output.Rank);
            if (output.Rank == 0 || output.Dim > 1) shape.Add(output.Dim);
            _arrays.Add(new ResultArray(output.Name, shape, type, bytes));
            _bytes.Add(bytes);
        }
    }

    public override Task WriteAsync(int batch, ResultBlock block, CancellationToken cancellationToken)
    {
        for (var o = 0; o < _bytes.Count; o++)
        {
            if (block.Rows == 0) continue;
            var rowBytes = block.Columns[o].Length / block.Rows;
            block.Columns[o].CopyTo(_bytes[o], (batch * _plan.Rows + block.FirstRow) * rowBytes);
        }

        return Task.CompletedTask;
    }

    public override Task<IReadOnlyList<ResultArray>> CompleteAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ResultArray>>(_arrays);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Results in a Parquet file or folder, which appears when everything is written.</summary>
sealed class FileSink(ResultWriter writer, KeptColumns? kept, int[] columns, CloudSide rows) : ResultSink
{
    public static async Task<FileSink> CreateAsync(
        ReductionCall call, CompiledReduction compiled, Plan plan, BoundData data, CancellationToken cancellationToken)
    {
        if (plan.Batches > 1) throw new KeopsException("A result with batch dimensions can't be written as Parquet: ask for it in memory.");
        var groups = compiled.Program.Monoid.Outputs.Select(output => ResultColumns.For(
            output.Name,
            output.Dim,
            output.Rank == 0 ? null : output.Rank,
            output.Type == ComponentType.Index ? ResultKind.Int64 : call.Type == ElementType.Float32 ? ResultKind.Float32 : ResultKind.Float64,
            nullable: data.Rows.WholeRows is not null)).ToArray();
        var kept = await OpenKeptAsync(call, data, cancellationToken).ConfigureAwait(false);
        try
        {
            var options = new ResultOptions
            {
                Overwrite = true,
                Keep = kept,
                Metadata = ImmutableDictionary<string, string>.Empty
                    .Add("keops.reduction", $"{call.Reduction.Kind} axis {call.Reduction.Axis}: {call.Reduction.Formula}").Add("keops.plan", plan.Hash),
            };
            var writer = await ResultWriter.CreateAsync(call.Output!.Path, groups.SelectMany(g => g), options, cancellationToken).ConfigureAwait(false);
            return new FileSink(writer, kept, [.. groups.Select(g => g.Length)], data.Rows);
        }
        catch
        {
            if (kept is not null) await kept.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override Task WriteAsync(int batch, ResultBlock block, CancellationToken cancellationToken) => writer.AppendGroupsAsync(
        block.Rows, [.. columns.Zip(block.Columns, (c, bytes) => (c, (ReadOnlyMemory<byte>)bytes))], rows.Mask(block.FirstRow, block.Rows), cancellationToken);

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
