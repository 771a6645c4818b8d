using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Programs;

/// <summary>
/// One value of a program: a vector in static single assignment form, immutable, made by a <see cref="ProgramBuilder"/>.
/// Equal values of one builder are the same object.
/// </summary>
public sealed class Value
{
    internal Value(int id, OpCode op, ImmutableArray<Value> operands, int length, Rate rate, ComponentType type, ValuePayload payload)
    {
        Id = id;
        Op = op;
        Operands = operands;
        Length = length;
        Rate = rate;
        Type = type;
        Payload = payload;
    }

    /// <summary>The number of the value in its builder; operands have smaller numbers.</summary>
    public int Id { get; }

    /// <summary>What computes it.</summary>
    public OpCode Op { get; }

    /// <summary>What it is computed from.</summary>
    public ImmutableArray<Value> Operands { get; }

    /// <summary>The number of its components.</summary>
    public int Length { get; }

    /// <summary>How often it changes.</summary>
    public Rate Rate { get; }

    /// <summary>What its components are.</summary>
    public ComponentType Type { get; }

    /// <summary>The number of a <see cref="OpCode.Constant"/>.</summary>
    public double Number => Payload.Number;

    /// <summary>The source of an <see cref="OpCode.Input"/>.</summary>
    public ProgramInput Input => Payload.Input;

    /// <summary>The first component taken by an <see cref="OpCode.Extract"/>.</summary>
    public int Start => Payload.Start;

    /// <summary>The component map of an <see cref="OpCode.Gather"/>.</summary>
    public ImmutableArray<int> Map => Payload.Map;

    internal ValuePayload Payload { get; }

    /// <summary>Whether the components are computed one by one from the operands' components of the same number.</summary>
    public bool IsElementWise => Op is >= OpCode.Add and <= OpCode.Select;

    /// <summary>Whether all components of the operand become one, from the first to the last.</summary>
    public bool IsFold => Op is OpCode.Sum or OpCode.Largest or OpCode.Smallest;

    /// <inheritdoc/>
    public override string ToString() => ProgramPrinter.Describe(this);
}

/// <summary>What distinguishes values of the same operation on the same operands.</summary>
internal readonly struct ValuePayload(double number = 0, ProgramInput input = default, int start = 0, ImmutableArray<int> map = default)
    : IEquatable<ValuePayload>
{
    public double Number { get; } = number;

    public ProgramInput Input { get; } = input;

    public int Start { get; } = start;

    // A default payload is made without the constructor, so the check stands here.
    public ImmutableArray<int> Map => map.IsDefault ? [] : map;

    // Bits, so that −0 and NaN are constants of their own.
    public bool Equals(ValuePayload other) =>
        BitConverter.DoubleToInt64Bits(Number) == BitConverter.DoubleToInt64Bits(other.Number)
        && Input == other.Input && Start == other.Start && Map.AsSpan().SequenceEqual(other.Map.AsSpan());

    public override bool Equals(object? obj) => obj is ValuePayload other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(BitConverter.DoubleToInt64Bits(Number), Input, Start, Map.Length);
}
