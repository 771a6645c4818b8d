using System.Diagnostics;
using Distributed.Keops.Client;

namespace Distributed.Keops.Grains.Tests.Cluster;

/// <summary>How many tasks a second a job hands out when they are next to nothing; a measurement, asked for by name.</summary>
public sealed class ControlPlaneTests(ITestOutputHelper output)
{
    const int Tasks = 10_000;

    [Fact(Explicit = true)]
    [Trait("Duration", "minutes")]
    public async Task Tasks_of_next_to_nothing()
    {
        await using var silos = await TwoSilos.StartAsync(taskTime: TimeSpan.FromTicks(10));
        LazyTensor x = LazyTensor.Vi(new float[4096 * Tasks, 1]), y = LazyTensor.Vj(new float[1, 1]);
        var call = (x + y).Sum(axis: 1);
        for (var run = 0; run < 3; run++)
        {
            var clock = Stopwatch.StartNew();
            var (begun, ended) = (TimeSpan.Zero, TimeSpan.Zero);
            await silos.Engine.ReduceAsync(call, new Reports(beat =>
            {
                if (beat.PairsDone > 0 && begun == TimeSpan.Zero) begun = clock.Elapsed;
                if (beat.PairsDone == beat.Pairs && ended == TimeSpan.Zero) ended = clock.Elapsed;
            }), TestContext.Current.CancellationToken);
            var seconds = (ended - begun).TotalSeconds;
            output.WriteLine($"{clock.Elapsed.TotalSeconds:F2} s, of which {seconds:F2} s tasks: {Tasks / seconds:F0} a second");
        }
    }

    sealed class Reports(Action<ReductionProgress> report) : IProgress<ReductionProgress>
    {
        public void Report(ReductionProgress value) => report(value);
    }
}
