namespace Distributed.Keops.Cluster.Tests;

/// <summary>A folder of its own, gone afterwards.</summary>
sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("keops-cluster-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>What stands in the folder, hidden things included.</summary>
    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry))
        .Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
