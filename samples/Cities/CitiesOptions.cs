using System.CommandLine;
using System.Globalization;

namespace Distributed.Keops.Cities;

/// <summary>What the sample can be told.</summary>
/// <param name="BandwidthKm">The Gaussian's bandwidth.</param>
/// <param name="Output">Folder for the results.</param>
/// <param name="Threads">Threads for kernels.</param>
/// <param name="Embedded">Whether a silo in this process computes, or this process without one.</param>
sealed record CitiesOptions(double BandwidthKm, string Output, int Threads, bool Embedded)
{
    // Positions are float32, half a metre apart: a bandwidth near that would weigh their rounding.
    const double LeastKm = 0.1;
    const double MostKm = 20_000;

    static readonly int MostThreads = 16 * Environment.ProcessorCount;

    /// <summary>The command line: options, their checks, their help.</summary>
    public static RootCommand CreateCommand(Func<CitiesOptions, CancellationToken, Task<int>> run)
    {
        var bandwidth = Number("--bandwidth-km", "Bandwidth of the Gaussian", 100.0, LeastKm, MostKm);
        var threads = Number("--threads", "Threads for kernels", Environment.ProcessorCount, 1, MostThreads);
        var output = new Option<string>("--out")
            { Description = "Folder for the results.", DefaultValueFactory = _ => Path.Combine("out", "cities") };
        var on = new Option<string>("--on")
            { Description = "A silo in this process, or this process without one.", DefaultValueFactory = _ => "embedded" };
        on.AcceptOnlyFromAmong("embedded", "local");
        var command = new RootCommand("People around each of the world's cities, and every city's nearest others.")
            { bandwidth, output, threads, on };
        command.SetAction((parsed, cancellationToken) => run(
            new CitiesOptions(
                parsed.GetValue(bandwidth), parsed.GetValue(output)!, parsed.GetValue(threads), parsed.GetValue(on) == "embedded"),
            cancellationToken));
        return command;
    }

    static Option<T> Number<T>(string name, string description, T byDefault, T least, T most)
        where T : struct, IComparable<T>, IParsable<T>
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"{least} to {most}");
        return new Option<T>(name)
        {
            Description = $"{description}, {range}.",
            DefaultValueFactory = _ => byDefault,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (T.TryParse(text, CultureInfo.InvariantCulture, out var number) && number.CompareTo(least) >= 0
                    && number.CompareTo(most) <= 0)
                    return number;
                result.AddError($"{name} is '{text}': expected {range}.");
                return default;
            },
        };
    }
}
