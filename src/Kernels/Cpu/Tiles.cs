using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Moves rows between row-major clouds and tiles, which stand by component.</summary>
static unsafe class Tiles
{
    const int Rows = KernelArguments.TileRows;

    // These loops run between kernels from the first call on: they can't wait for the JIT's second tier.
    const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    /// <summary>Rows of a cloud into a tile; missing rows repeat the first, whose results nobody reads.</summary>
    public static void Pack(byte* source, int rows, int dim, byte* tile, int elementBytes)
    {
        if (elementBytes == sizeof(float)) Pack((float*)source, rows, dim, (float*)tile);
        else Pack((double*)source, rows, dim, (double*)tile);
    }

    /// <summary>The first rows of a tile into a row-major array.</summary>
    public static void Unpack(byte* tile, int rows, int dim, byte* target, int elementBytes)
    {
        if (elementBytes == sizeof(float)) Unpack((float*)tile, rows, dim, (float*)target);
        else Unpack((double*)tile, rows, dim, (double*)target);
    }

    /// <summary>Sets states to the empty one, or only what does not stay when a block's state has been moved on.</summary>
    [MethodImpl(Hot)]
    public static void Fill(ImmutableArray<StatePart> parts, byte* state, ElementType type, bool keepStaying = false)
    {
        foreach (var part in parts)
        {
            var count = part.Length * Rows;
            if (part.Stays && keepStaying)
            {
                state += (nint)count * type.Size();
                continue;
            }

            if (type == ElementType.Float32)
            {
                if (part.Type == ComponentType.Index) new Span<int>(state, count).Fill((int)part.Identity);
                else new Span<float>(state, count).Fill((float)part.Identity);
            }
            else
            {
                if (part.Type == ComponentType.Index) new Span<long>(state, count).Fill((long)part.Identity);
                else new Span<double>(state, count).Fill(part.Identity);
            }

            state += (nint)count * type.Size();
        }
    }

    /// <summary>Whether the states are lists, and nothing has been taken into any of them.</summary>
    public static bool AreEmptyLists(Monoid monoid, byte* state)
    {
        if (monoid.Entries == 0) return false;
        for (var list = 0; list < monoid.Parts[0].Length; list += monoid.Entries)
        {
            if (new Span<double>((double*)state + (nint)list * Rows, Rows).ContainsAnyExcept(monoid.Parts[0].Identity)) return false;
        }

        return true;
    }

    /// <summary>A block's states, in the element type and with row numbers from its start, as states in 8-byte words.</summary>
    [MethodImpl(Hot)]
    public static void Widen(ImmutableArray<StatePart> parts, byte* block, ElementType type, long firstIndex, byte* wide)
    {
        foreach (var part in parts)
        {
            var count = part.Length * Rows;
            if (part.Type == ComponentType.Index) WidenIndices(block, type, count, firstIndex, (long*)wide);
            else if (type == ElementType.Float64) Buffer.MemoryCopy(block, wide, (long)count * 8, (long)count * 8);
            else WidenNumbers((float*)block, count, (double*)wide);
            block += (nint)count * type.Size();
            wide += (nint)count * sizeof(double);
        }
    }

    [MethodImpl(Hot)]
    static void WidenNumbers(float* block, int count, double* wide)
    {
        for (var k = 0; k < count; k += Vector256<float>.Count)
        {
            var (lower, upper) = Vector256.Widen(Vector256.Load(block + k));
            lower.Store(wide + k);
            upper.Store(wide + k + Vector256<double>.Count);
        }
    }

    [MethodImpl(Hot)]
    static void WidenIndices(byte* block, ElementType type, int count, long firstIndex, long* wide)
    {
        for (var k = 0; k < count; k++)
        {
            var index = type == ElementType.Float32 ? ((int*)block)[k] : ((long*)block)[k];
            wide[k] = index < 0 ? index : index + firstIndex;
        }
    }

    [MethodImpl(Hot)]
    static void Pack<T>(T* source, int rows, int dim, T* tile)
        where T : unmanaged
    {
        for (var d = 0; d < dim; d++)
        {
            var row = tile + (nint)d * Rows;
            var from = source + d;
            for (var r = 0; r < rows; r++, from += dim) row[r] = *from;
            for (var r = rows; r < Rows; r++) row[r] = row[0];
        }
    }

    [MethodImpl(Hot)]
    static void Unpack<T>(T* tile, int rows, int dim, T* target)
        where T : unmanaged
    {
        for (var r = 0; r < rows; r++)
            for (var d = 0; d < dim; d++) target[(nint)r * dim + d] = tile[(nint)d * Rows + r];
    }
}
