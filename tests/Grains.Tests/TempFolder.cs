namespace Distributed.Keops.Grains.Tests;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("keops-grains-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>What stands in the folder, hidden things included, uploads left out.</summary>
    public string[] Names =>
        [.. Directory.EnumerateFileSystemEntries(Path).Select(e => System.IO.Path.GetFileName(e)).Where(n => n != "_uploads")
            .Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
