namespace Distributed.Keops.Kernels.Cpu;

/// <summary>The scratch memory of a kernel: rows of one element for each row of the i-tile, handed out while code is emitted.</summary>
sealed class ScratchSpace(IlLocal address, int rowBytes)
{
    /// <summary>The local that holds the address of the current i-vector's place in the first row.</summary>
    public IlLocal Base => address;

    /// <summary>Bytes of a row.</summary>
    public int RowBytes => rowBytes;

    /// <summary>Rows handed out so far.</summary>
    public int Rows { get; private set; }

    public int Allocate(int rows)
    {
        var first = Rows;
        Rows += rows;
        return first;
    }
}
