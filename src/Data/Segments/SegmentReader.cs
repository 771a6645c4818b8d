using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Keops.Data;

/// <summary>Reads what <see cref="SegmentWriter"/> has written, also while it is being written.</summary>
public static class SegmentReader
{
    // A label longer than this was never written: the length is damaged.
    const int MaxLabel = 1 << 20;

    /// <summary>All blocks that stand whole in a file, without their data; none when it belongs to something else.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">What the blocks must belong to.</param>
    /// <exception cref="DataException">The file can't be read.</exception>
    public static IReadOnlyList<SegmentEntry> List(string path, ReadOnlySpan<byte> identity)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var expected = SegmentFormat.FileHeader(identity);
            var found = new byte[expected.Length];
            if (Read(file, found, 0) < expected.Length || !found.AsSpan().SequenceEqual(expected)) return [];
            return Entries(file, expected.Length);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw DataException.FromIO("read results that were kept here", path, fault);
        }
    }

    /// <summary>The bytes of a block; their hash is the caller's to check.</summary>
    /// <exception cref="DataException">The file can't be read.</exception>
    /// <exception cref="EndOfStreamException">It is shorter than the block.</exception>
    public static async Task<byte[]> ReadAsync(string path, long offset, long length, CancellationToken cancellationToken)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)length));
        try
        {
            using var file = File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
            for (var rest = bytes.AsMemory(); rest.Length > 0;)
            {
                var done = bytes.Length - rest.Length;
                var read = await RandomAccess.ReadAsync(file, rest, offset + done, cancellationToken).ConfigureAwait(false);
                if (read == 0) throw new EndOfStreamException($"{path} ends {rest.Length} bytes before a block does.");
                rest = rest[read..];
            }

            return bytes;
        }
        catch (Exception fault) when (fault is (IOException and not EndOfStreamException) or UnauthorizedAccessException)
        {
            throw DataException.FromIO("read results that were kept here", path, fault);
        }
    }

    static List<SegmentEntry> Entries(SafeFileHandle file, long at)
    {
        var entries = new List<SegmentEntry>();
        var end = RandomAccess.GetLength(file);
        var header = new byte[SegmentFormat.EntryHeader];
        while (at + header.Length <= end && Read(file, header, at) == header.Length)
        {
            var (labelLength, data, labelHash, dataHash) = SegmentFormat.ReadEntryHeader(header);
            if (labelLength is < 0 or > MaxLabel || data < 0 || data > end - at - header.Length - labelLength) break;
            var label = new byte[labelLength];
            Read(file, label, at + header.Length);
            if (XxHash64.HashToUInt64(label) != labelHash) break;
            var offset = at + header.Length + labelLength;
            entries.Add(new SegmentEntry(label, offset, data, dataHash));
            at = offset + data;
        }

        return entries;
    }

    static int Read(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes[read..], offset + read) is > 0 and var count) read += count;
        return read;
    }
}
