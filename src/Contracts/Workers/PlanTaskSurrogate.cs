using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Contracts;

/// <summary>A <see cref="PlanTask"/> on the wire.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="FirstBlock">The first i-block.</param>
/// <param name="Blocks">The number of i-blocks.</param>
/// <param name="Level">The node's level.</param>
/// <param name="Index">The node's place within its level.</param>
[GenerateSerializer, Immutable, Alias("keops.PlanTask")]
public readonly record struct PlanTaskSurrogate(
    [property: Id(0)] int Batch, [property: Id(1)] long FirstBlock, [property: Id(2)] long Blocks,
    [property: Id(3)] int Level, [property: Id(4)] long Index);

/// <summary>Kernels know nothing of serializers: the plan's types travel by surrogate.</summary>
[RegisterConverter]
public sealed class PlanTaskConverter : IConverter<PlanTask, PlanTaskSurrogate>
{
    /// <inheritdoc/>
    public PlanTask ConvertFromSurrogate(in PlanTaskSurrogate surrogate) =>
        new(surrogate.Batch, surrogate.FirstBlock, surrogate.Blocks, new MergeNode(surrogate.Level, surrogate.Index));

    /// <inheritdoc/>
    public PlanTaskSurrogate ConvertToSurrogate(in PlanTask value) =>
        new(value.Batch, value.FirstBlock, value.Blocks, value.Node.Level, value.Node.Index);
}
