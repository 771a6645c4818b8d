using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Ranges;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client.Cluster;

/// <summary>Turns a call into a request: what is in memory goes up first and is named in it.</summary>
sealed class RequestWriter(Uploader uploader)
{
    const int MaxInlineRanges = 64 << 10;

    /// <exception cref="KeopsException">The parameters are larger than a message.</exception>
    public async Task<ReductionRequest> WriteAsync(ReductionCall call, CancellationToken cancellationToken)
    {
        var variables = ImmutableArray.CreateBuilder<RequestVariable>();
        var parameterBytes = 0L;
        foreach (var bound in call.Variables)
        {
            var (variable, data) = bound;
            VariableSource source = data switch
            {
                CloudData cloud => new CloudSource(cloud.Spec.ToString()),
                ArrayData arrays => new UploadSource(await uploader.UploadAsync(arrays.Batches, cancellationToken).ConfigureAwait(false)),
                ParameterData parameter => new ParameterSource([.. parameter.Batches.Select(b => NumericBlock.Of(b.AsSpan()))]),
                _ => throw new KeopsException($"{data.GetType().Name} can't be sent to a cluster."),
            };
            if (source is ParameterSource values) parameterBytes += values.Batches.Sum(b => (long)b.Bytes.Length);
            variables.Add(new RequestVariable(variable.Index, variable.Dim, (int)variable.Category, source) { Name = bound.Name });
        }

        if (parameterBytes > NumericBlock.MaxBytes / 2)
            throw new KeopsException($"The parameters have {parameterBytes} bytes; a request holds {NumericBlock.MaxBytes / 2}. Give long "
                + "ones as rows of one batch each.");
        return new ReductionRequest
        {
            Reduction = ReductionText.Print(call.Reduction),
            Type = call.Type.Name(),
            Variables = variables.ToImmutable(),
            BatchShape = call.BatchShape,
            DtypeAcc = call.Options.UseDoubleAcc ? ElementType.Float64.Name() : call.Options.DtypeAcc,
            SumScheme = call.Options.SumScheme,
            Backend = call.Options.Backend,
            DeviceId = call.Options.DeviceId,
            SkipNulls = call.Options.Nulls == NullPolicy.Skip,
            Ranges = await WriteRangesAsync(call, cancellationToken).ConfigureAwait(false),
            Output = call.Output is null ? null : new RequestOutput(call.Output.Path, call.Output.Keep),
        };
    }

    async Task<RequestRanges?> WriteRangesAsync(ReductionCall call, CancellationToken cancellationToken)
    {
        if (call.Ranges?.ForEngine(call.Reduction.Axis) is not { } ranges) return null;
        long[] values = [.. MemoryMarshal.Cast<RowInterval, long>(ranges.Rows.AsSpan()), .. ranges.Slices,
            .. MemoryMarshal.Cast<RowInterval, long>(ranges.Reduced.AsSpan())];
        ImmutableArray<int> lengths = [2 * ranges.Rows.Length, ranges.Slices.Length, 2 * ranges.Reduced.Length];
        if (values.Length * sizeof(long) <= MaxInlineRanges) return new RequestRanges(lengths, NumericBlock.Of(values), null);
        return new RequestRanges(lengths, null,
            await uploader.UploadBytesAsync(MemoryMarshal.AsBytes<long>(values).ToArray(), cancellationToken).ConfigureAwait(false));
    }
}
