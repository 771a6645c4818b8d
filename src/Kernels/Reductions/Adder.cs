using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// One way of adding up, as program fragments over the values that a sum consists of. Reductions that contain sums are written over it, so
/// that each is written once for all ways.
/// </summary>
abstract class Adder
{
    /// <summary>The adder of a summation.</summary>
    public static Adder Of(Summation summation) => summation == Summation.Compensated ? new CompensatedAdder() : new PlainAdder();

    /// <summary>Whether adding is more than one step, each of which needs the values of those before.</summary>
    public bool HasSteps => PartCount > 1;

    /// <summary>The number of groups of the state that one sum needs.</summary>
    public abstract int PartCount { get; }

    /// <summary>The groups of the state that one sum of <paramref name="dim"/> components needs.</summary>
    public abstract ImmutableArray<StatePart> Parts(string name, int dim);

    /// <summary>sum + term.</summary>
    public abstract ImmutableArray<Value> Add(ProgramBuilder builder, ImmutableArray<Value> sum, Value term);

    /// <summary>sum + a · b.</summary>
    public abstract ImmutableArray<Value> AddProduct(ProgramBuilder builder, ImmutableArray<Value> sum, Value a, Value b);

    /// <summary>sum · factor, for a factor of one component.</summary>
    public abstract ImmutableArray<Value> Scale(ProgramBuilder builder, ImmutableArray<Value> sum, Value factor);

    /// <summary>left + right.</summary>
    public abstract ImmutableArray<Value> Merge(ProgramBuilder builder, ImmutableArray<Value> left, ImmutableArray<Value> right);

    /// <summary>The sum as one number for each component.</summary>
    public abstract Value Result(ProgramBuilder builder, ImmutableArray<Value> sum);
}
