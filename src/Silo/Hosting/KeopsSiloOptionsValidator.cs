using System.Net;
using Microsoft.Extensions.Options;

namespace Distributed.Keops.Silo;

/// <summary>Says which option is wrong, what it is and what it should be.</summary>
sealed class KeopsSiloOptionsValidator : IValidateOptions<KeopsSiloOptions>
{
    const int MaxThreads = 1024;

    public ValidateOptionsResult Validate(string? name, KeopsSiloOptions options)
    {
        var errors = new List<string>();
        Require(options.Lake.Count > 0, "Keops:Lake is empty: name at least one folder (--lake DIR, or Keops__Lake__0=DIR).");
        foreach (var folder in options.Lake)
            Require(Directory.Exists(folder), $"Keops:Lake names '{folder}', which is no folder here: create or mount it.");
        Require(options.Threads is >= 1 and <= MaxThreads, $"Keops:Threads is {options.Threads}: 1 to {MaxThreads} was expected.");
        Require(options.BlockStoreBytes >= 0, $"Keops:BlockStoreBytes is {options.BlockStoreBytes}: 0 or more was expected.");
        Require(options.MemoryLimit >= 1 << 20, $"Keops:MemoryLimit is {options.MemoryLimit}: at least 1048576 bytes were expected.");
        Require(options.TaskTime > TimeSpan.Zero, $"Keops:TaskTime is {options.TaskTime}: a time such as 00:00:02 was expected.");
        // A client has to be able to submit what it has just sent.
        Require(
            options.UploadLifetime >= TimeSpan.FromMinutes(10),
            $"Keops:UploadLifetime is {options.UploadLifetime}: at least 00:10:00 was expected.");
        Require(
            options.HealthPort is >= 0 and <= ushort.MaxValue,
            $"Keops:HealthPort is {options.HealthPort}: a port, or 0 for no health endpoints, was expected.");
        Require(
            options.ShutdownTimeout > TimeSpan.Zero,
            $"Keops:ShutdownTimeout is {options.ShutdownTimeout}: a time such as 00:01:00 was expected.");
        Require(options.LaneSilence > TimeSpan.Zero, $"Keops:LaneSilence is {options.LaneSilence}: a time such as 00:02:00 was expected.");
        Require(
            options.Telemetry is null
                || (Uri.TryCreate(options.Telemetry, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"),
            $"Keops:Telemetry is '{options.Telemetry}': the address of an OTLP collector, such as http://127.0.0.1:4317, was expected.");
        if (!IPAddress.TryParse(options.HealthAddress, out var address))
            errors.Add($"Keops:HealthAddress is '{options.HealthAddress}': an IP address was expected.");
        else if (options.HealthPort != 0 && !options.Insecure)
            Require(IPAddress.IsLoopback(address), Exposure.Refusal($"Keops:HealthAddress is {address}"));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Require(bool holds, string otherwise)
        {
            if (!holds) errors.Add(otherwise);
        }
    }
}
