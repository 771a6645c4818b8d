using System.Diagnostics;
using System.Globalization;
using Distributed.Keops.Client;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Silo;

namespace Distributed.Keops.Cities;

/// <summary>The sample's job: read, reduce twice, write, draw, report.</summary>
sealed class CitiesJob(CitiesOptions options)
{
    const double EarthRadiusKm = 6371.0088;
    const int Neighbours = 10;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Output);
        var cities = Path.Combine(AppContext.BaseDirectory, "data", "cities.parquet");
        var where = options.Embedded ? "on a silo in this process" : "in this process";
        var clock = Stopwatch.StartNew();
        if (!options.Embedded)
        {
            await using var local = KeopsEngine.CreateLocal(options.Threads);
            await RunAsync(local, cities, cancellationToken);
        }
        else
        {
            await using var silo = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { Threads = options.Threads }, cancellationToken);
            await RunAsync(silo.Engine, cities, cancellationToken);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{"in all",-11} {clock.Elapsed.TotalSeconds:F1} s, {where}, threads: {options.Threads}"));
    }

    async Task RunAsync(KeopsEngine engine, string cities, CancellationToken cancellationToken)
    {
        LazyTensor Column(Category category, params string[] columns) => LazyTensor.FromCloud(new CloudSpec(cities, columns), category);
        var x = Column(Category.I, "x", "y", "z");
        var y = Column(Category.J, "x", "y", "z");
        var people = Column(Category.J, "population");

        // Chords in units of the Earth's radius: for a bandwidth of some hundred km as good as great circles.
        var h = options.BandwidthKm / EarthRadiusKm;
        var density = (-x.SqDist(y) * (1 / (2 * h * h))).Exp() * people;
        var densityPath = Path.Combine(options.Output, "density.parquet");
        var target = new OutputTarget(densityPath, ["name", "longitude", "latitude"]);
        var first = await WithProgress(
            "density", p => engine.ReduceAsync(density.Sum(axis: 1) with { Output = target }, p, cancellationToken));
        Report("density", first, densityPath);

        // One more than asked for: a city is among its own nearest, though not always the first where several share a place.
        var second = await WithProgress(
            "neighbours", p => engine.ReduceAsync(x.SqDist(y).ArgKMin(Neighbours + 1, axis: 1), p, cancellationToken));
        var neighboursPath = Path.Combine(options.Output, "neighbours.parquet");
        await NeighbourTable.WriteAsync(neighboursPath, cities, second[0].Indices.ToArray(), Neighbours, cancellationToken);
        Report("neighbours", second, neighboursPath);

        var map = Path.Combine(options.Output, "density.png");
        await DensityMap.DrawAsync(densityPath, map, options.BandwidthKm, cancellationToken);
        Console.WriteLine($"{"map",-11} {map}");
    }

    static async Task<ReductionResult> WithProgress(string name, Func<IProgress<ReductionProgress>, Task<ReductionResult>> run)
    {
        using var progress = new ProgressLine(name);
        return await run(progress);
    }

    static void Report(string name, ReductionResult result, string path)
    {
        var (billions, seconds) = (result.Pairs / 1e9, result.Elapsed.TotalSeconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-11} {path}: {result.Rows:N0} rows from {billions:F1} G pairs in {seconds:F2} s, {billions / seconds:F2} G pairs/s"));
    }
}
