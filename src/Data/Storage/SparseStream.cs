using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Keops.Data;

/// <summary>
/// A read-only stream over a file of which only some byte ranges are in memory, each fetched by one read. Parquet.Net reads
/// page headers byte by byte, some thousand reads for a column chunk; here they cost nothing. What was not fetched is read
/// through a small window. One user at a time.
/// </summary>
internal sealed class SparseStream(SafeFileHandle file, long length) : Stream
{
    /// <summary>Longer ranges are left to the window: they would not fit one array.</summary>
    const int LongestRange = 1 << 30;

    const int WindowBytes = 256 << 10;
    readonly List<(long Start, byte[] Bytes, int Count)> _ranges = [];
    (long Start, byte[] Bytes, int Count) _at;
    (long Start, byte[] Bytes, int Count) _window;
    long _position;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    /// <summary>Holds these ranges, in place of the ones held before.</summary>
    public async ValueTask FetchAsync(IEnumerable<(long Start, long Length)> ranges, CancellationToken cancellationToken)
    {
        Release();
        foreach (var (start, count) in ranges)
        {
            if (count is <= 0 or > LongestRange || start < 0 || start > length - count)
                continue;
            var bytes = ArrayPool<byte>.Shared.Rent((int)count);
            _ranges.Add((start, bytes, (int)count));
            await FillAsync(start, bytes.AsMemory(0, (int)count), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the fetched ranges back.</summary>
    public void Release()
    {
        _at = default;
        foreach (var range in _ranges)
            ArrayPool<byte>.Shared.Return(range.Bytes);
        _ranges.Clear();
    }

    public override int Read(Span<byte> buffer)
    {
        var take = (int)Math.Min(buffer.Length, length - _position);
        if (take <= 0)
            return 0;

        var source = Locate();
        var offset = (int)(_position - source.Start);
        take = Math.Min(take, source.Count - offset);
        source.Bytes.AsSpan(offset, take).CopyTo(buffer);
        _position += take;
        return take;
    }

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 0 ? -1 : one[0];
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override long Seek(long offset, SeekOrigin origin) =>
        _position = offset + origin switch { SeekOrigin.Begin => 0, SeekOrigin.Current => _position, _ => length };

    public override void Flush() { }
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Release();
        base.Dispose(disposing);
    }

    /// <summary>The bytes in memory that hold the position; the last answer is nearly always right again.</summary>
    (long Start, byte[] Bytes, int Count) Locate()
    {
        if (Holds(_at))
            return _at;
        foreach (var range in _ranges)
            if (Holds(range))
                return _at = range;

        var bytes = _window.Bytes ?? new byte[WindowBytes];
        var count = RandomAccess.Read(file, bytes.AsSpan(0, (int)Math.Min(WindowBytes, length - _position)), _position);
        if (count == 0)
            throw new EndOfStreamException($"The file ended at byte {_position}, before its length of {length}.");
        return _at = _window = (_position, bytes, count);
    }

    bool Holds((long Start, byte[] Bytes, int Count) range) =>
        range.Bytes is not null && _position >= range.Start && _position < range.Start + range.Count;

    async ValueTask FillAsync(long start, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        for (var done = 0; done < bytes.Length;)
        {
            var count = await RandomAccess.ReadAsync(file, bytes[done..], start + done, cancellationToken).ConfigureAwait(false);
            if (count == 0)
                throw new EndOfStreamException($"The file ended at byte {start + done}, before its length of {length}.");
            done += count;
        }
    }
}
