using System.Collections.Concurrent;
using System.Security.Cryptography;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Keops.Grains;

/// <summary>
/// Arrays of clients in the lake, named by the SHA-256 of their bytes. They are written under a name of their own and appear by a rename,
/// so that what stands under a hash is whole. A file's time of change says when it was last asked for or used by a job; what nobody has
/// used for a lifetime is removed. Safe for several threads.
/// </summary>
/// <param name="lake">Where they stand.</param>
/// <param name="lifetime">How long what nobody uses stays.</param>
/// <param name="time">The clock.</param>
sealed class UploadStore(LakeFolders lake, TimeSpan lifetime, TimeProvider time)
{
    const int Name = 64;

    // Those that jobs on this silo use, with how many do.
    readonly ConcurrentDictionary<string, int> _held = new(StringComparer.Ordinal);

    public TimeSpan Lifetime => lifetime;

    /// <summary>Whether an array is there; who asks means to use it.</summary>
    public bool Contains(string name) => Touch(PathOf(name));

    /// <summary>Keeps an array from expiring until what this gives is disposed of.</summary>
    /// <exception cref="KeopsException">It is not there.</exception>
    public IDisposable Hold(string name)
    {
        if (!Contains(name)) throw Gone(name);
        _held.AddOrUpdate(name, 1, (_, holders) => holders + 1);
        return new Held(this, name);
    }

    /// <summary>Removes what has expired, unfinished uploads included.</summary>
    /// <returns>How many there were.</returns>
    public int Sweep()
    {
        foreach (var name in _held.Keys) Touch(PathOf(name));
        if (!Directory.Exists(lake.Uploads)) return 0;
        var removed = 0;
        var oldest = time.GetUtcNow().UtcDateTime - lifetime;
        foreach (var file in new DirectoryInfo(lake.Uploads).EnumerateFiles().Where(file => file.LastWriteTimeUtc < oldest))
        {
            // Somebody may have asked for it meanwhile.
            file.Refresh();
            if (!file.Exists || file.LastWriteTimeUtc >= oldest) continue;
            file.Delete();
            removed++;
        }

        return removed;
    }

    public async Task WriteAsync(string name, string session, long offset, ReadOnlyMemory<byte> bytes)
    {
        Directory.CreateDirectory(lake.Uploads);
        using var file = File.OpenHandle(
            StagedPath(name, session), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, FileOptions.Asynchronous);
        await RandomAccess.WriteAsync(file, bytes, offset).ConfigureAwait(false);
    }

    public async Task CommitAsync(string name, string session, long length)
    {
        var staged = StagedPath(name, session);
        if (length == 0) await WriteAsync(name, session, 0, default).ConfigureAwait(false);
        var whole = false;
        await using (var file = File.OpenRead(staged))
        {
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file).ConfigureAwait(false));
            whole = file.Length == length && hash == name;
        }

        if (!whole)
        {
            File.Delete(staged);
            throw new KeopsException($"The upload {name} did not arrive as it was sent: send it again.");
        }

        Touch(staged);
        File.Move(staged, PathOf(name), overwrite: true);
    }

    /// <summary>Opens an upload as rows.</summary>
    /// <exception cref="KeopsException">It is not there, or has another size.</exception>
    public UploadRows Open(UploadedRows upload)
    {
        var type = ElementTypes.Parse(upload.Type);
        var (file, length) = OpenFile(upload.Name);
        if (length == upload.Rows * upload.Dim * type.Size()) return new UploadRows(file, upload.Rows, upload.Dim, type);
        file.Dispose();
        throw new KeopsException(
            $"The upload {upload.Name} has {length} bytes, {upload.Rows} rows of {upload.Dim} {upload.Type} were expected.");
    }

    /// <summary>All bytes of an upload.</summary>
    public async Task<byte[]> ReadAllAsync(string name, CancellationToken cancellationToken)
    {
        if (!Contains(name)) throw Gone(name);
        return await File.ReadAllBytesAsync(PathOf(name), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that a file is used.</summary>
    /// <returns>Whether it is there.</returns>
    bool Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's, who runs another silo.
            return File.Exists(path);
        }
    }

    (SafeFileHandle File, long Length) OpenFile(string name)
    {
        if (!Contains(name)) throw Gone(name);
        var file = File.OpenHandle(PathOf(name), options: FileOptions.Asynchronous);
        return (file, RandomAccess.GetLength(file));
    }

    static KeopsException Gone(string name) => new($"The upload {name} is not in the lake, or has expired: send it again.");

    string PathOf(string name) => Path.Combine(lake.Uploads, Checked(name));

    string StagedPath(string name, string session) => Path.Combine(lake.Uploads, $".{Checked(name)}-{Checked(session)}");

    // Names come over the wire and become file names.
    static string Checked(string name) => name.Length is > 0 and <= Name && name.All(char.IsAsciiHexDigitLower)
        ? name
        : throw new KeopsException($"'{name}' can't name an upload: at most {Name} lower-case hexadecimal digits were expected.");

    sealed class Held(UploadStore store, string name) : IDisposable
    {
        UploadStore? _store = store;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _store, null) is not { _held: var held }) return;
            while (held.TryGetValue(name, out var holders))
            {
                if (holders == 1 ? held.TryRemove(new(name, holders)) : held.TryUpdate(name, holders - 1, holders)) return;
            }
        }
    }
}
