using System.Text.Json;

namespace Distributed.Keops.Conformance;

/// <summary>The cases of one group.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Cases">Its cases in the order of the file.</param>
public sealed record GoldenGroup(string Name, IReadOnlyList<GoldenCase> Cases);

/// <summary>Reads golden cases from a folder.</summary>
public static class GoldenSuite
{
    /// <summary>The groups of every <c>*.json</c> file in a folder, in the order of the file names.</summary>
    /// <param name="folder">The folder; sub-folders are not read.</param>
    /// <param name="group">The only group wanted, or null for all.</param>
    /// <exception cref="InvalidDataException">A file is not a group of golden cases; the text names it.</exception>
    public static IEnumerable<GoldenGroup> Read(string folder, string? group = null) =>
        Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(ReadFile)
            .Where(g => group is null || g.Name == group);

    static GoldenGroup ReadFile(string path)
    {
        try
        {
            var root = JsonDocument.Parse(File.ReadAllText(path)).RootElement;
            var name = root.GetProperty("group").GetString()!;
            return new GoldenGroup(name, [.. root.GetProperty("cases").EnumerateArray().Select(json => new GoldenCase(name, json))]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is not a group of golden cases: {error.Message}", error);
        }
    }
}
