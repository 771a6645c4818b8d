using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>The same run of rows of several sources, at fixed addresses.</summary>
sealed class Windows : IDisposable
{
    readonly RowWindow[] _windows;
    readonly nint[] _rowBytes;

    Windows(RowWindow[] windows, nint[] rowBytes) => (_windows, _rowBytes) = (windows, rowBytes);

    public int Count => _windows.Length;

    /// <summary>Bytes of a row of a source.</summary>
    public nint RowBytes(int source) => _rowBytes[source];

    public static async ValueTask<Windows> OpenAsync(
        ImmutableArray<IRowSource> sources, long firstRow, int rows, CancellationToken cancellationToken)
    {
        var windows = new RowWindow[sources.Length];
        try
        {
            for (var s = 0; s < windows.Length; s++)
                windows[s] = await RowWindow.OpenAsync(sources[s], firstRow, rows, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            foreach (var window in windows) window?.Dispose();
            throw;
        }

        return new Windows(windows, [.. sources.Select(s => (nint)s.Dim * s.Type.Size())]);
    }

    /// <summary>The addresses of a row, counted from the first of the run.</summary>
    public unsafe void At(long row, byte** addresses)
    {
        for (var s = 0; s < _windows.Length; s++) addresses[s] = _windows[s].Pointer + (nint)row * _rowBytes[s];
    }

    public void Dispose()
    {
        foreach (var window in _windows) window.Dispose();
    }
}
