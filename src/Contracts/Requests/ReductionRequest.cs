using System.Collections.Immutable;

namespace Distributed.Keops.Contracts;

/// <summary>Everything a cluster needs to carry out a reduction: a call with its data named, never contained.</summary>
[GenerateSerializer, Immutable, Alias("keops.ReductionRequest")]
public sealed record ReductionRequest
{
    /// <summary>The contract it was written for.</summary>
    [Id(0)]
    public int Contract { get; init; } = ContractVersion.Current;

    /// <summary>The reduction string, such as <c>Sum_Reduction(Exp(…),0)</c>; variables are written
    /// <c>Var(index,dim,category)</c>.</summary>
    [Id(1)]
    public required string Reduction { get; init; }

    /// <summary><c>float16</c>, <c>float32</c> or <c>float64</c>.</summary>
    [Id(2)]
    public required string Type { get; init; }

    /// <summary>The values of every variable.</summary>
    [Id(3)]
    public required ImmutableArray<RequestVariable> Variables { get; init; }

    /// <summary>Shape of the batch dimensions; empty for none.</summary>
    [Id(4)]
    public ImmutableArray<int> BatchShape { get; init; } = [];

    /// <summary>Accumulator dtype.</summary>
    [Id(5)]
    public string DtypeAcc { get; init; } = "auto";

    /// <summary>Summation scheme.</summary>
    [Id(6)]
    public string SumScheme { get; init; } = "auto";

    /// <summary>Whether rows with nulls are left out instead of refused.</summary>
    [Id(7)]
    public bool SkipNulls { get; init; }

    /// <summary>Which pairs count, or null for all.</summary>
    [Id(8)]
    public RequestRanges? Ranges { get; init; }

    /// <summary>Where the result is written, or null when it is fetched.</summary>
    [Id(9)]
    public RequestOutput? Output { get; init; }

    /// <summary>What computes, by KeOps' names.</summary>
    [Id(10)]
    public string Backend { get; init; } = "auto";

    /// <summary>Which device; −1 for any.</summary>
    [Id(11)]
    public int DeviceId { get; init; } = -1;

    /// <summary>The number of batches.</summary>
    public int Batches => BatchShape.Aggregate(1, (a, b) => checked(a * b));
}

/// <summary>Where and how the result is written.</summary>
/// <param name="Path">A file ending in <c>.parquet</c>, or a folder ending in <c>/</c>, as the silos see it.</param>
/// <param name="Keep">Columns of the output side's cloud that are carried along.</param>
[GenerateSerializer, Immutable, Alias("keops.RequestOutput")]
public sealed record RequestOutput([property: Id(0)] string Path, [property: Id(1)] ImmutableArray<string> Keep);

/// <summary>The three arrays of the output's side in KeOps' ranges: output intervals, slices, reduced intervals.</summary>
/// <param name="Lengths">The number of int64 values of each array.</param>
/// <param name="Inline">The arrays one after the other, where they are small.</param>
/// <param name="Upload">The name they were uploaded under, otherwise.</param>
[GenerateSerializer, Immutable, Alias("keops.RequestRanges")]
public sealed record RequestRanges(
    [property: Id(0)] ImmutableArray<int> Lengths, [property: Id(1)] NumericBlock? Inline, [property: Id(2)] string? Upload);
