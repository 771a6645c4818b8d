using Microsoft.Extensions.Configuration;

namespace Distributed.Keops.Silo;

/// <summary>
/// Where a silo's settings come from. Each layer wins over those above it:
/// <code>
/// defaults → appsettings.json → environment (Keops__Threads=4) → words of the command line (--Keops:Threads=4)
/// </code>
/// </summary>
public static class SiloConfiguration
{
    /// <summary>The file that is read from the working folder if it is there.</summary>
    public const string FileName = "appsettings.json";

    /// <summary>Reads all layers and fills in what none of them says.</summary>
    /// <param name="file">A file that has to be there; null for <see cref="FileName"/> of the working folder, if it is.</param>
    /// <param name="words">Settings as <c>--Section:Key=value</c>.</param>
    /// <exception cref="Kernels.KeopsException">A file can't be read.</exception>
    public static ConfigurationManager Read(string? file, IEnumerable<string> words)
    {
        var configuration = new ConfigurationManager();
        try
        {
            configuration.AddJsonFile(Path.GetFullPath(file ?? FileName), optional: file is null, reloadOnChange: false);
        }
        catch (Exception error) when (error is FileNotFoundException or InvalidDataException)
        {
            configuration.Dispose();
            throw new Kernels.KeopsException($"The configuration can't be read: {error.GetBaseException().Message}", error);
        }

        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine([.. words]);
        SiloDefaults.AddTo(configuration);
        return configuration;
    }
}
