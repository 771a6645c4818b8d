using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Orleans.Runtime;
using Orleans.Storage;

namespace Distributed.Keops.Grains.Tests.Cluster;

/// <summary>
/// Storage outside of all silos, as a database is: what they wrote is there when they are not. Refuses writes to what has changed since it
/// was read.
/// </summary>
sealed class SharedStorage : IGrainStorage
{
    readonly ConcurrentDictionary<string, (int Version, byte[] Bytes)> _records = new(StringComparer.Ordinal);

    /// <summary>Told the name and the state of what is about to be written, which waits for what it gives.</summary>
    public Func<string, object, Task> BeforeWrite { get; set; } = (_, _) => Task.CompletedTask;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_records.TryGetValue(Key(stateName, grainId), out var record))
        {
            (grainState.ETag, grainState.RecordExists) = (Tag(record.Version), true);
            grainState.State = JsonSerializer.Deserialize<T>(record.Bytes)!;
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await BeforeWrite(stateName, grainState.State!);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        var written = _records.AddOrUpdate(
            Key(stateName, grainId),
            _ => (1, bytes),
            (_, old) => Tag(old.Version) == grainState.ETag
                ? (old.Version + 1, bytes)
                : throw new InconsistentStateException("Changed since.", Tag(old.Version), grainState.ETag));
        (grainState.ETag, grainState.RecordExists) = (Tag(written.Version), true);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _records.TryRemove(Key(stateName, grainId), out _);
        (grainState.ETag, grainState.RecordExists) = (null!, false);
        return Task.CompletedTask;
    }

    static string Key(string name, GrainId grain) => $"{name} {grain}";

    static string Tag(int version) => version.ToString(CultureInfo.InvariantCulture);
}
