using System.CommandLine;
using Distributed.Keops.Cities;
using Distributed.Keops.Kernels;

// Kernel density and nearest neighbours of 135,233 cities, on a silo in this process.
var bandwidth = new Option<double>("--bandwidth-km") { Description = "Bandwidth of the Gaussian, in km.", DefaultValueFactory = _ => 100 };
var output = new Option<DirectoryInfo>("--out") { Description = "Folder for the results.", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("out", "cities")) };
var threads = new Option<int>("--threads") { Description = "Threads for kernels.", DefaultValueFactory = _ => Environment.ProcessorCount };
var on = new Option<string>("--on") { Description = "Where to compute: a silo in this process, or this process without one.", DefaultValueFactory = _ => "embedded" };
on.AcceptOnlyFromAmong("embedded", "local");
bandwidth.Validators.Add(r => Require(r.GetValueOrDefault<double>() is > 0 and < 20000, r, "--bandwidth-km must lie between 0 and 20000."));
threads.Validators.Add(r => Require(r.GetValueOrDefault<int>() >= 1, r, "--threads must be at least 1."));

var command = new RootCommand("Density and nearest neighbours of the world's cities.") { bandwidth, output, threads, on };
command.SetAction(async (parsed, cancellationToken) =>
{
    try
    {
        var job = new CitiesJob(
            parsed.GetValue(bandwidth), parsed.GetValue(output)!, parsed.GetValue(threads), parsed.GetValue(on) == "embedded");
        await job.RunAsync(cancellationToken);
        return 0;
    }
    catch (KeopsException e)
    {
        await Console.Error.WriteLineAsync($"error: {e.Message}");
        return 1;
    }
    catch (OperationCanceledException)
    {
        await Console.Error.WriteLineAsync("cancelled");
        return 130;
    }
});
var result = command.Parse(args);
var code = await result.InvokeAsync();
return result.Errors.Count > 0 ? 2 : code;

static void Require(bool holds, System.CommandLine.Parsing.OptionResult result, string message)
{
    if (!holds) result.AddError(message);
}
