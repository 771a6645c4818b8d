using System.Runtime.InteropServices;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client;

/// <summary>One result of a reduction, row by row.</summary>
public sealed class ResultArray
{
    readonly byte[] _bytes;

    /// <summary>Wraps values; the array is not copied.</summary>
    /// <param name="name">The result's name, such as <c>sum</c> or <c>argmin</c>.</param>
    /// <param name="shape">Batch shape, rows, (K,) dimension.</param>
    /// <param name="type">The values' dtype; null for row numbers, which are int64.</param>
    /// <param name="bytes">The values, row-major, little-endian.</param>
    public ResultArray(string name, IReadOnlyList<long> shape, ElementType? type, byte[] bytes) =>
        (Name, Shape, Type, _bytes) = (name, shape, type, bytes);

    /// <summary>The result's name.</summary>
    public string Name { get; }

    /// <summary>Batch shape, rows, (K,) dimension.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The values' dtype; null for row numbers.</summary>
    public ElementType? Type { get; }

    /// <summary>The values as bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The values, where they are float32.</summary>
    public ReadOnlySpan<float> Singles => As<float>(ElementType.Float32);

    /// <summary>The values, where they are float64.</summary>
    public ReadOnlySpan<double> Doubles => As<double>(ElementType.Float64);

    /// <summary>The row numbers, where they are such.</summary>
    public ReadOnlySpan<long> Indices => As<long>(null);

    ReadOnlySpan<T> As<T>(ElementType? type)
        where T : unmanaged => Type == type
            ? MemoryMarshal.Cast<byte, T>(_bytes)
            : throw new InvalidOperationException($"The result '{Name}' holds {Type?.Name() ?? "int64"}, not {type?.Name() ?? "int64"}.");
}

/// <summary>What a reduction gave.</summary>
/// <param name="Arrays">The results, in the order of the reduction's name (values before row numbers); empty when written to a file.</param>
/// <param name="OutputPath">Where it was written, or null.</param>
/// <param name="Rows">Output rows, over all batches.</param>
/// <param name="Pairs">Pairs computed.</param>
/// <param name="Elapsed">Time from the call to the result.</param>
public sealed record ReductionResult(IReadOnlyList<ResultArray> Arrays, string? OutputPath, long Rows, double Pairs, TimeSpan Elapsed)
{
    /// <summary>The only, or the first, result.</summary>
    public ResultArray this[int index] => Arrays[index];

    /// <summary>The plan's name: equal plans give equal bits on equal engines.</summary>
    public string PlanHash { get; init; } = "";
}

/// <summary>How far a reduction is.</summary>
/// <param name="PairsDone">Pairs done.</param>
/// <param name="Pairs">Pairs in all.</param>
public readonly record struct ReductionProgress(double PairsDone, double Pairs);
