using System.Collections.Immutable;
using System.Text.Json;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>
/// Block-sparse pairs from a JSON file, under KeOps' names; the lists may be flat or nested:
/// <code>
/// {"ranges_i": [[0,100],[100,200]], "slices_i": [1,2], "redranges_j": [[0,50],[50,90]],
///  "ranges_j": [],                  "slices_j": [],    "redranges_i": []}
/// </code>
/// The first three serve axis 1, the others axis 0. Three may be left out: they follow from the others.
/// </summary>
static class RangesFile
{
    /// <summary>Reads the ranges.</summary>
    /// <exception cref="KeopsException">The file can't be read or holds something else, or the arrays do not fit together.</exception>
    public static async Task<Ranges> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
            return (Read(document.RootElement, 1), Read(document.RootElement, 0)) switch
            {
                ({ } axis1, { } axis0) => Ranges.Of(axis1, axis0),
                ({ } axis1, null) => Ranges.Of(axis1),
                (null, { } axis0) => Ranges.Of(axis0),
                _ => throw new FormatException(
                    $"it holds neither {string.Join(", ", AxisRanges.Names(1))} nor {string.Join(", ", AxisRanges.Names(0))}"),
            };
        }
        catch (KeopsException error)
        {
            throw new KeopsException($"{error.Message} (file {path})", error);
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

    static AxisRanges? Read(JsonElement root, int axis)
    {
        var names = AxisRanges.Names(axis);
        var arrays = names.Select(name => root.TryGetProperty(name, out var list) ? Flatten(name, list) : default).ToArray();
        var missing = Array.FindIndex(arrays, a => a.IsDefault);
        if (missing < 0) return AxisRanges.FromNumbers(axis, arrays[0].AsSpan(), arrays[1].AsSpan(), arrays[2].AsSpan());
        return Array.TrueForAll(arrays, a => a.IsDefault)
            ? null
            : throw new FormatException($"'{names[missing]}' is missing; {string.Join(", ", names)} belong together");
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
