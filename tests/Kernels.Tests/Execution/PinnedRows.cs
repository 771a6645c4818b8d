using System.Buffers;
using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>Rows in memory that count how often they are pinned, and may fail or call back when rows are asked for.</summary>
sealed class PinnedRows(IRowSource rows, Action<int>? asked = null) : IRowSource
{
    int _asked;
    int _pins;

    /// <summary>Pins that were not undone.</summary>
    public int Pins => Volatile.Read(ref _pins);

    public long RowCount => rows.RowCount;

    public int Dim => rows.Dim;

    public ElementType Type => rows.Type;

    public ValueTask ReadAsync(long firstRow, int rowCount, Memory<byte> destination, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The rows are in memory.");

    public ReadOnlyMemory<byte> TryGetRows(long firstRow, int rowCount)
    {
        asked?.Invoke(Interlocked.Increment(ref _asked));
        return new Manager(this, rows.TryGetRows(firstRow, rowCount)).Memory;
    }

    sealed class Manager(PinnedRows owner, ReadOnlyMemory<byte> bytes) : MemoryManager<byte>
    {
        readonly byte[] _bytes = bytes.ToArray();
        GCHandle _handle;

        public override Span<byte> GetSpan() => _bytes;

        public override unsafe MemoryHandle Pin(int elementIndex = 0)
        {
            Interlocked.Increment(ref owner._pins);
            _handle = GCHandle.Alloc(_bytes, GCHandleType.Pinned);
            return new((byte*)_handle.AddrOfPinnedObject() + elementIndex, pinnable: this);
        }

        public override void Unpin()
        {
            Interlocked.Decrement(ref owner._pins);
            _handle.Free();
        }

        protected override void Dispose(bool disposing) { }
    }
}
