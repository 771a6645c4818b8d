using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>
/// Block-sparse pairs from a JSON file, under KeOps' names; the lists may be flat or nested:
/// <code>
/// {"ranges_i": [[0,100],[100,200]], "slices_i": [1,2], "redranges_j": [[0,50],[50,90]],
///  "ranges_j": [],                  "slices_j": [],    "redranges_i": []}
/// </code>
/// The first three serve axis 1, the others axis 0; the three that the axis does not need may be left out.
/// </summary>
static class RangesFile
{
    static readonly string[] Names = ["ranges_i", "slices_i", "redranges_j", "ranges_j", "slices_j", "redranges_i"];

    /// <summary>Reads the six arrays, in the order of their names above.</summary>
    /// <exception cref="KeopsException">The file can't be read or holds something else.</exception>
    public static async Task<ImmutableArray<ImmutableArray<long>>> ReadAsync(string path, int axis, CancellationToken cancellationToken)
    {
        try
        {
            using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
            var needed = axis == 1 ? Names[..3] : Names[3..];
            return [.. Names.Select(name => document.RootElement.TryGetProperty(name, out var list)
                ? Flatten(name, list)
                : needed.Contains(name)
                    ? throw new KeopsException($"'{name}' is missing; axis {axis} needs {string.Join(", ", needed)}. (file {path})")
                    : [])];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new KeopsException($"No ranges can be read: {error.Message.TrimEnd('.')}. (file {path})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KeopsException($"The ranges can't be read: {error.Message}", error);
        }
    }

    static ImmutableArray<long> Flatten(string name, JsonElement list) => list.ValueKind switch
    {
        JsonValueKind.Array =>
            [.. list.EnumerateArray().SelectMany(e => e.ValueKind == JsonValueKind.Array ? Flatten(name, e) : [Number(name, e)])],
        _ => throw new FormatException($"'{name}' is no list"),
    };

    static long Number(string name, JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number)
        ? number
        : throw new FormatException($"'{name}' holds {element}, expected row numbers");
}
