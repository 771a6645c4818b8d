using System.Buffers;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>A run of a source's rows at a fixed address: the source's own memory where it has it, else a copy.</summary>
sealed class RowWindow : IDisposable
{
    MemoryHandle _handle;

    RowWindow(MemoryHandle handle) => _handle = handle;

    /// <summary>The first row; valid until this object is disposed.</summary>
    public unsafe byte* Pointer => (byte*)_handle.Pointer;

    public static async ValueTask<RowWindow> OpenAsync(IRowSource source, long firstRow, int rows, CancellationToken cancellationToken)
    {
        if (rows == 0) return new RowWindow(default);
        var memory = source.TryGetRows(firstRow, rows);
        if (memory.IsEmpty)
        {
            var bytes = (long)rows * source.Dim * source.Type.Size();
            if (bytes > Array.MaxLength)
                throw new KeopsException($"{rows} rows of dimension {source.Dim} are {bytes} bytes, more than one buffer holds.");
            var copy = GC.AllocateUninitializedArray<byte>((int)bytes, pinned: true);
            await source.ReadAsync(firstRow, rows, copy, cancellationToken).ConfigureAwait(false);
            memory = copy;
        }

        return new RowWindow(memory.Pin());
    }

    public void Dispose() => _handle.Dispose();
}
