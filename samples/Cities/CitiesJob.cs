using System.Diagnostics;
using System.Globalization;
using Distributed.Keops.Client;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Silo;

namespace Distributed.Keops.Cities;

/// <summary>The sample's job: read, reduce twice, write, draw, report.</summary>
sealed class CitiesJob(double bandwidthKm, DirectoryInfo output, int threads, bool embedded)
{
    const double EarthRadiusKm = 6371.0088;
    const int Neighbours = 10;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        output.Create();
        var cities = Path.Combine(AppContext.BaseDirectory, "data", "cities.parquet");
        var clock = Stopwatch.StartNew();
        if (!embedded)
        {
            await using var local = KeopsEngine.CreateLocal(threads);
            await RunAsync(local, cities, cancellationToken);
        }
        else
        {
            await using var silo = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { Threads = threads }, cancellationToken);
            await RunAsync(silo.Engine, cities, cancellationToken);
        }

        Console.WriteLine($"Everything took {clock.Elapsed.TotalSeconds:F1} s.");
    }

    async Task RunAsync(KeopsEngine engine, string cities, CancellationToken cancellationToken)
    {
        LazyTensor Column(Category category, params string[] columns) => LazyTensor.FromCloud(new CloudSpec(cities, columns), category);
        var x = Column(Category.I, "x", "y", "z");
        var y = Column(Category.J, "x", "y", "z");
        var people = Column(Category.J, "population");

        // Chords in units of the Earth's radius: for a bandwidth of some hundred km as good as great circles.
        var h = bandwidthKm / EarthRadiusKm;
        var density = (-x.SqDist(y) * (1 / (2 * h * h))).Exp() * people;
        var densityPath = Path.Combine(output.FullName, "density.parquet");
        var target = new OutputTarget(densityPath, ["name", "longitude", "latitude"]);
        var first = await WithProgress("density", p => engine.ReduceAsync(density.Sum(axis: 1) with { Output = target }, p, cancellationToken));
        Report("density", first, densityPath);

        // One more than asked for: a city is among its own nearest, though not always the first where several share a place.
        var second = await WithProgress("neighbours", p => engine.ReduceAsync(x.SqDist(y).ArgKMin(Neighbours + 1, axis: 1), p, cancellationToken));
        var neighboursPath = Path.Combine(output.FullName, "neighbours.parquet");
        await NeighbourTable.WriteAsync(neighboursPath, cities, second[0].Indices.ToArray(), Neighbours, cancellationToken);
        Report("neighbours", second, neighboursPath);

        var map = Path.Combine(output.FullName, "density.png");
        await DensityMap.DrawAsync(densityPath, map, bandwidthKm, cancellationToken);
        Console.WriteLine($"map         {Path.GetRelativePath(Environment.CurrentDirectory, map)}");
    }

    static async Task<ReductionResult> WithProgress(string name, Func<IProgress<ReductionProgress>, Task<ReductionResult>> run)
    {
        using var progress = new ProgressLine(name);
        return await run(progress);
    }

    static void Report(string name, ReductionResult result, string path) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-11} {result.Rows:N0} rows, {result.Pairs:E2} pairs in {result.Elapsed.TotalSeconds:F2} s: {result.Pairs / result.Elapsed.TotalSeconds:E2} pairs/s → {Path.GetRelativePath(Environment.CurrentDirectory, path)}"));
}
