using System.Collections.Immutable;

namespace Distributed.Keops.Contracts;

/// <summary>A run of result blocks, ascending by batch and row.</summary>
/// <param name="Parts">The blocks.</param>
/// <param name="Total">The number of blocks of the job.</param>
[GenerateSerializer, Immutable, Alias("keops.ResultPage")]
public sealed record ResultPage([property: Id(0)] ImmutableArray<ResultSlice> Parts, [property: Id(1)] int Total);

/// <summary>Results of a run of output rows: the columns of the reduction one after the other, each row by row.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="FirstRow">The first output row within the batch.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Block">Their bytes.</param>
[GenerateSerializer, Immutable, Alias("keops.ResultSlice")]
public sealed record ResultSlice(
    [property: Id(0)] int Batch, [property: Id(1)] long FirstRow, [property: Id(2)] int Rows, [property: Id(3)] BlockReference Block);
