using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Sums over batch dimensions, in float64 and in the order of the batches.</summary>
static class BatchSum
{
    /// <summary>A gradient in its variable's own shape.</summary>
    /// <param name="call">What gave it (<see cref="ReductionCall.GradientOf"/>), its data as they were given.</param>
    /// <param name="variable">The variable.</param>
    /// <param name="gradient">Rows for each batch of the call.</param>
    public static ResultArray OfGradient(ReductionCall call, Variable variable, ResultArray gradient)
    {
        var batch = CallData.Resolve(call).BatchShape;
        var own = CallGradient.BatchOf(call);
        long[] inner = variable.Category == Category.Parameter ? [variable.Dim] : [gradient.Shape[^2], variable.Dim];
        long[] shape = [.. own.Select(size => (long)size), .. inner];
        if (batch.AsSpan().SequenceEqual(own.AsSpan())) return new ResultArray("gradient", gradient, shape, gradient.Valid);
        var summed = Over(gradient, batch, own, inner.Aggregate(1L, (a, b) => a * b));
        return new ResultArray("gradient", shape, gradient.Type, summed);
    }

    /// <summary>The batches of an array, summed over those dimensions that are 1, or missing, in another batch shape.</summary>
    /// <param name="array">One run of values for each batch.</param>
    /// <param name="batch">Its batch shape.</param>
    /// <param name="own">The batch shape of the result.</param>
    /// <param name="length">Values of a batch.</param>
    public static byte[] Over(ResultArray array, ImmutableArray<int> batch, ImmutableArray<int> own, long length)
    {
        var type = array.Type!.Value;
        if (batch.AsSpan().SequenceEqual(own.AsSpan())) return array.Bytes.ToArray();
        var run = checked((int)length);
        var sums = new double[checked(own.Aggregate(1, (a, b) => checked(a * b)) * run)];
        for (var b = 0; b < batch.Aggregate(1, (x, y) => checked(x * y)); b++)
        {
            var values = array.ToDoubles((long)b * run, run);
            var sum = sums.AsSpan(CallData.Place(b, own, batch) * run, run);
            for (var k = 0; k < run; k++) sum[k] += values[k];
        }

        var bytes = new byte[sums.Length * type.Size()];
        VectorRows.Narrow(sums, type, bytes);
        return bytes;
    }
}
