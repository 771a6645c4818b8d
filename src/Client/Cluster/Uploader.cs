using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Orleans.Runtime;

namespace Distributed.Keops.Client.Cluster;

/// <summary>Puts arrays into the cluster's lake, block by block through any silo;
/// those that are there already are not sent again.</summary>
sealed class Uploader(IGrainFactory grains, TimeSpan patience)
{
    const int InFlight = 4;

    readonly string _session = Guid.NewGuid().ToString("n");

    /// <summary>Uploads sources of rows.</summary>
    public async Task<ImmutableArray<UploadedRows>> UploadAsync(ImmutableArray<IRowSource> sources, CancellationToken cancellationToken)
    {
        var uploaded = ImmutableArray.CreateBuilder<UploadedRows>();
        foreach (var source in sources)
        {
            var rowBytes = source.Dim * source.Type.Size();
            var length = source.RowCount * rowBytes;
            var name = await UploadAsync(length, async (offset, count) =>
            {
                // Blocks end where rows do not: the rows that a block touches are read.
                var (first, end) = (offset / rowBytes, (offset + count + rowBytes - 1) / rowBytes);
                var whole = source.TryGetRows(first, (int)(end - first));
                if (whole.IsEmpty)
                {
                    var rows = GC.AllocateUninitializedArray<byte>((int)(end - first) * rowBytes);
                    await source.ReadAsync(first, (int)(end - first), rows, cancellationToken).ConfigureAwait(false);
                    whole = rows;
                }

                return whole.Slice((int)(offset - first * rowBytes), count);
            }, cancellationToken).ConfigureAwait(false);
            uploaded.Add(new UploadedRows(name, source.RowCount, source.Dim, source.Type.Name()));
        }

        return uploaded.ToImmutable();
    }

    /// <summary>Uploads bytes, and returns their name.</summary>
    public Task<string> UploadBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        UploadAsync(bytes.Length, (offset, count) => ValueTask.FromResult(bytes.Slice((int)offset, count)), cancellationToken);

    async Task<string> UploadAsync(long length, Func<long, int, ValueTask<ReadOnlyMemory<byte>>> read, CancellationToken cancellationToken)
    {
        var name = await HashAsync(length, read).ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        for (var attempt = 0; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var silos = await SilosAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                var silo = grains.GetGrain<IUploadGrain>(silos[attempt % silos.Count]);
                if (!await silo.Contains(name).WaitAsync(cancellationToken).ConfigureAwait(false))
                    await SendAsync(silo, name, length, read, cancellationToken).ConfigureAwait(false);
                return name;
            }
            catch (Exception error) when (Transient.Is(error) && clock.Elapsed < patience)
            {
                await Task.Delay(200, cancellationToken).ConfigureAwait(false);
            }
            catch (KeopsFaultException fault)
            {
                throw new KeopsException(fault.Message, fault);
            }
        }
    }

    async Task SendAsync(
        IUploadGrain silo, string name, long length, Func<long, int, ValueTask<ReadOnlyMemory<byte>>> read,
        CancellationToken cancellationToken)
    {
        var pending = new Queue<Task>();
        for (long offset = 0; offset < length; offset += NumericBlock.MaxBytes)
        {
            if (pending.Count == InFlight) await pending.Dequeue().WaitAsync(cancellationToken).ConfigureAwait(false);
            var bytes = await read(offset, (int)Math.Min(NumericBlock.MaxBytes, length - offset)).ConfigureAwait(false);
            pending.Enqueue(silo.Write(name, _session, offset, NumericBlock.Of(bytes)));
        }

        while (pending.TryDequeue(out var last)) await last.WaitAsync(cancellationToken).ConfigureAwait(false);
        await silo.Commit(name, _session, length).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    async Task<IReadOnlyList<string>> SilosAsync()
    {
        var hosts = await grains.GetGrain<IManagementGrain>(0).GetDetailedHosts(onlyActive: true).ConfigureAwait(false);
        return hosts.Length > 0
            ? [.. hosts.Select(h => h.SiloName)]
            : throw new SiloUnavailableException("The cluster has no active silo.");
    }

    static async Task<string> HashAsync(long length, Func<long, int, ValueTask<ReadOnlyMemory<byte>>> read)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = 0; offset < length; offset += NumericBlock.MaxBytes)
            hash.AppendData((await read(offset, (int)Math.Min(NumericBlock.MaxBytes, length - offset)).ConfigureAwait(false)).Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
