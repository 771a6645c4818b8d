namespace Distributed.Keops.Cluster.Tests;

/// <summary>A folder of its own, gone afterwards.</summary>
sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("keops-cluster-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>What stands in a folder, hidden things included.</summary>
    public static IEnumerable<string> NamesIn(string folder) => Directory.EnumerateFileSystemEntries(folder)
        .Select(entry => System.IO.Path.GetFileName(entry)).Order(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
