using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Where a value that a <see cref="StepProgram"/> does not compute comes from.</summary>
enum StepSource
{
    /// <summary>A number known when the code is made.</summary>
    Number,

    /// <summary>The call's record.</summary>
    Parameters,

    /// <summary>A tile of rows by component.</summary>
    Rows,

    /// <summary>A reduced row.</summary>
    Columns,
}

/// <summary>A value that is put into a frame before the steps run.</summary>
/// <param name="Source">What it comes from.</param>
/// <param name="Slot">Which array of reduced rows; 0 for every other source.</param>
/// <param name="Offset">Its first component there.</param>
/// <param name="Number">The number, where it is one.</param>
readonly record struct StepGiven(StepSource Source, int Slot = 0, int Offset = 0, double Number = 0);

/// <summary>A given value and its place in the frame.</summary>
readonly unsafe record struct StepLeaf(StepGiven Given, long Row, int Length)
{
    /// <summary>Puts the number into every lane.</summary>
    public void Fill(byte* frame, ElementType type, int lanes)
    {
        if (type == ElementType.Float32) Lanes<float>(frame, lanes).Fill((float)Given.Number);
        else Lanes<double>(frame, lanes).Fill(Given.Number);
    }

    /// <summary>Copies the components from a tile of rows by component, once for every reduced row taken at once.</summary>
    public void CopyRows(byte* tile, byte* frame, nint tileRowBytes, int copies)
    {
        for (var k = 0; k < Length; k++)
        {
            for (var copy = 0; copy < copies; copy++)
            {
                var to = frame + (nint)((Row + k) * copies + copy) * tileRowBytes;
                Buffer.MemoryCopy(tile + (Given.Offset + k) * tileRowBytes, to, tileRowBytes, tileRowBytes);
            }
        }
    }

    /// <summary>Puts each component of a record into 64 lanes, those of copy number <paramref name="copy"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Spread(byte* record, byte* frame, ElementType type, int copies, int copy)
    {
        const int Rows = KernelArguments.TileRows;
        for (var k = 0; k < Length; k++)
        {
            var to = ((Row + k) * copies + copy) * Rows;
            if (type == ElementType.Float32) new Span<float>((float*)frame + to, Rows).Fill(((float*)record)[Given.Offset + k]);
            else new Span<double>((double*)frame + to, Rows).Fill(((double*)record)[Given.Offset + k]);
        }
    }

    Span<T> Lanes<T>(byte* frame, int lanes)
        where T : unmanaged => MemoryMarshal.CreateSpan(ref Unsafe.AsRef<T>((T*)frame + Row * lanes), Length * lanes);
}
