using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Microsoft.Win32.SafeHandles;

namespace Distributed.Keops.Grains;

/// <summary>Rows of an uploaded array, read from its file. Safe for several concurrent calls. Owns the handle.</summary>
sealed class UploadRows(SafeFileHandle file, long rows, int dim, ElementType type) : IRowSource, IDisposable
{
    public long RowCount => rows;

    public int Dim => dim;

    public ElementType Type => type;

    public async ValueTask ReadAsync(long firstRow, int rows, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var rowBytes = dim * type.Size();
        var rest = destination[..checked(rows * rowBytes)];
        for (var offset = firstRow * rowBytes; rest.Length > 0;)
        {
            var read = await RandomAccess.ReadAsync(file, rest, offset, cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new KeopsException($"An uploaded array ended at byte {offset}, {rest.Length} more were expected.");
            (rest, offset) = (rest[read..], offset + read);
        }
    }

    public void Dispose() => file.Dispose();
}
