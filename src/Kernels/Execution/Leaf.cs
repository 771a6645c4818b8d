using Distributed.Keops.Kernels.Cpu;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>A run of reduced rows ready for kernels: the variables' rows, and what the formula computes of each row alone.</summary>
sealed class Leaf : IDisposable
{
    readonly Windows _windows;
    readonly AlignedBuffer? _computed;
    readonly int _computedBytes;

    Leaf(Windows windows, AlignedBuffer? computed, int computedBytes, long firstRow, int rows) =>
        (_windows, _computed, _computedBytes, FirstRow, Rows) = (windows, computed, computedBytes, firstRow, rows);

    /// <summary>The number of the first row in its cloud.</summary>
    public long FirstRow { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of variables.</summary>
    public int Count => _windows.Count;

    public static async ValueTask<Leaf> LoadAsync(
        CpuReduction kernel, BatchData batch, long firstRow, int rows, AlignedBuffer parameters, CancellationToken cancellationToken)
    {
        var windows = await Windows.OpenAsync(batch.J, firstRow, rows, cancellationToken).ConfigureAwait(false);
        try
        {
            return new Leaf(windows, Compute(kernel, windows, rows, parameters), kernel.ComputedJBytes, firstRow, rows);
        }
        catch
        {
            windows.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of a row: of a variable, or of the computed values, which come after the last variable.</summary>
    public nint RowBytes(int source) => source == _windows.Count ? _computedBytes : _windows.RowBytes(source);

    /// <summary>The addresses of a row, counted from the first: each variable's, then the computed values'.</summary>
    public unsafe void At(long row, byte** addresses)
    {
        _windows.At(row, addresses);
        addresses[_windows.Count] = _computed is null ? null : _computed.Pointer + (nint)row * _computedBytes;
    }

    public void Dispose()
    {
        _windows.Dispose();
        _computed?.Dispose();
    }

    static unsafe AlignedBuffer? Compute(CpuReduction kernel, Windows windows, int rows, AlignedBuffer parameters)
    {
        if (kernel.ComputedJBytes == 0 || rows == 0) return null;
        var computed = new AlignedBuffer((nint)rows * kernel.ComputedJBytes);
        var sources = stackalloc byte*[windows.Count + 1];
        windows.At(0, sources);
        kernel.ComputeJ(sources, rows, parameters.Pointer, computed.Pointer);
        return computed;
    }
}
