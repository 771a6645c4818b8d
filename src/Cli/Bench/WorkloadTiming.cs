using System.Diagnostics;
using Distributed.Keops.Client;

namespace Distributed.Keops.Cli.Bench;

/// <summary>What a workload took.</summary>
/// <param name="Name">The workload.</param>
/// <param name="Seconds">Median of the warm calls, inputs and outputs in host memory.</param>
/// <param name="First">The first call, compilation included.</param>
/// <param name="Gpairs">10⁹ pairs a second, of the median.</param>
sealed record WorkloadTiming(string Name, double Seconds, double First, double Gpairs)
{
    /// <summary>Runs a workload once cold and <paramref name="repeat"/> times warm.</summary>
    public static async Task<WorkloadTiming> MeasureAsync(
        KeopsEngine engine, Workload workload, int repeat, CancellationToken cancellationToken)
    {
        var call = workload.CreateCall();
        var first = await TimeAsync().ConfigureAwait(false);
        var warm = new double[repeat];
        for (var r = 0; r < repeat; r++) warm[r] = await TimeAsync().ConfigureAwait(false);
        Array.Sort(warm);
        var median = (warm[(repeat - 1) / 2] + warm[repeat / 2]) / 2;
        return new WorkloadTiming(workload.Name, median, first, workload.Pairs / median / 1e9);

        async Task<double> TimeAsync()
        {
            var clock = Stopwatch.StartNew();
            await engine.ReduceAsync(call, null, cancellationToken).ConfigureAwait(false);
            return clock.Elapsed.TotalSeconds;
        }
    }
}
