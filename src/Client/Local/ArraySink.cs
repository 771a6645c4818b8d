using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Client.Local;

/// <summary>Results in memory: in new arrays, or in those that the caller gave.</summary>
sealed class ArraySink : ResultSink
{
    readonly List<ResultMemory> _results;
    readonly Plan _plan;
    bool[]? _null;

    /// <exception cref="KeopsException">A result is too large for memory, or an array that was given does not fit its result.</exception>
    public ArraySink(ReductionCall call, CompiledReduction compiled, Plan plan)
    {
        _plan = plan;
        var outputs = compiled.Program.Monoid.Outputs;
        if (!call.Into.IsEmpty && call.Into.Length != outputs.Length)
        {
            throw new KeopsException(
                $"{call.Into.Length} arrays were given for the results, expected {outputs.Length}: "
                + $"{string.Join(", ", outputs.Select(o => o.Name))}.");
        }

        _results = [.. outputs.Select((output, o) => ResultMemory.Create(call, output, plan, call.Into.IsEmpty ? null : call.Into[o]))];
    }

    public override Task WriteAsync(int batch, ResultBlock block, RowMask? valid, CancellationToken cancellationToken)
    {
        if (block.Rows == 0) return Task.CompletedTask;
        var first = batch * _plan.Rows + block.FirstRow;
        for (var o = 0; o < _results.Count; o++) _results[o].Write(first, block.Columns[o]);
        for (var r = 0; valid is not null && r < block.Rows; r++)
        {
            if (valid[r]) continue;
            (_null ??= new bool[_plan.Batches * _plan.Rows])[first + r] = true;
            foreach (var result in _results) result.WriteNull(first + r);
        }

        return Task.CompletedTask;
    }

    public override Task<IReadOnlyList<ResultArray>> CompleteAsync(CancellationToken cancellationToken)
    {
        var valid = _null is null ? null : RowMask.Create(0, _null.Length, r => !_null[r]);
        return Task.FromResult<IReadOnlyList<ResultArray>>([.. _results.Select(r => r.ToResult(valid))]);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
