using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace Distributed.Keops.Data;

/// <summary>
/// A file as memory, without reading it: Arrow's buffers then lie in the map itself. The price: memory taken from it must not be used after
/// disposal, and a file cut short by another process while it is mapped ends this one, as with every map.
/// </summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    readonly MemoryMappedFile _map;
    readonly MemoryMappedViewAccessor _view;
    readonly int _length;
    byte* _start;

    /// <exception cref="DataException">The file is longer than one memory can be.</exception>
    public MappedFile(FileStamp file)
    {
        if (file.Length > int.MaxValue)
            throw new DataException(
                $"An Arrow file of {file.Length} bytes can't be mapped, 2 GiB at most can; write several files, or Parquet.", file.Path);
        _length = (int)file.Length;
        _map = MemoryMappedFile.CreateFromFile(file.Path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_start is null, typeof(PointCloud));
        return new Span<byte>(_start, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin() { }

    protected override void Dispose(bool disposing)
    {
        if (!disposing || _start is null)
            return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }
}
