using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Programs;

/// <summary>
/// Makes the values of one program. Equal values are made once (hash-consing), constants are folded in double precision,
/// and what a cheaper operation gives exactly is given by it (<c>ProgramBuilder.Arithmetic.cs</c>). Not safe for several threads.
/// </summary>
public sealed partial class ProgramBuilder
{
    readonly Dictionary<Key, Value> _values = [];

    /// <summary>A number known now.</summary>
    public Value Constant(double number) => Make(OpCode.Constant, [], 1, Rate.Constant, ComponentType.Element, new(number));

    /// <summary>A value given from outside.</summary>
    public Value Input(ProgramInput input, int length, Rate rate, ComponentType type = ComponentType.Element) =>
        Make(OpCode.Input, [], length, rate, type, new(input: input));

    /// <summary>The sum of all components, from the first to the last; the value itself when it has one.</summary>
    public Value Sum(Value value)
    {
        if (value.Length == 1) return value;
        if (value.Op == OpCode.Broadcast) return Multiply(value.Operands[0], Constant(value.Length));
        return Make(OpCode.Sum, [value], 1, value.Rate, ComponentType.Element);
    }

    /// <summary>The largest component, as the running maximum from the first to the last gives it.</summary>
    public Value Largest(Value value) => Extremum(OpCode.Largest, value);

    /// <summary>The smallest component, as the running minimum from the first to the last gives it.</summary>
    public Value Smallest(Value value) => Extremum(OpCode.Smallest, value);

    /// <summary>Components <paramref name="start"/> to <paramref name="start"/> + <paramref name="length"/> − 1.</summary>
    public Value Extract(Value value, int start, int length)
    {
        if (start < 0 || length < 1 || start + length > value.Length)
            throw new ArgumentOutOfRangeException(nameof(start), $"Components {start}..{start + length - 1} of a value of {value.Length}.");
        if (length == value.Length) return value;
        switch (value.Op)
        {
            case OpCode.Extract:
                return Extract(value.Operands[0], value.Start + start, length);
            case OpCode.Broadcast:
                return Broadcast(value.Operands[0], length);
            case OpCode.Concat:
                var offset = 0;
                foreach (var part in value.Operands)
                {
                    if (start >= offset && start + length <= offset + part.Length) return Extract(part, start - offset, length);
                    offset += part.Length;
                }

                break;
        }

        return ExtractRaw(value, start, length);
    }

    /// <summary>The values' components one after the other.</summary>
    public Value Concat(params ReadOnlySpan<Value> values)
    {
        var parts = ImmutableArray.CreateBuilder<Value>();
        foreach (var value in values)
        {
            if (value.Op == OpCode.Concat) parts.AddRange(value.Operands);
            else parts.Add(value);
        }

        if (parts.Count == 1) return parts[0];
        var rate = parts.Aggregate(Rate.Constant, (r, p) => r | p.Rate);
        return Make(OpCode.Concat, parts.ToImmutable(), parts.Sum(p => p.Length), rate, parts[0].Type);
    }

    /// <summary>One component repeated <paramref name="length"/> times.</summary>
    public Value Broadcast(Value value, int length)
    {
        if (value.Length == length) return value;
        RequireLength(value, 1);
        return Make(OpCode.Broadcast, [value], length, value.Rate, value.Type);
    }

    /// <summary>The components named by <paramref name="map"/>, in its order; any may occur several times or never.</summary>
    public Value Gather(Value value, ImmutableArray<int> map)
    {
        if (map.Any(k => k < 0 || k >= value.Length))
            throw new ArgumentOutOfRangeException(nameof(map), $"A component outside 0..{value.Length - 1}.");
        if (map.Length == 1) return Extract(value, map[0], 1);
        if (value.Op == OpCode.Broadcast) return Broadcast(value.Operands[0], map.Length);
        if (map.All(k => k == map[0])) return Broadcast(Extract(value, map[0], 1), map.Length);
        var contiguous = true;
        for (var k = 1; k < map.Length; k++) contiguous &= map[k] == map[k - 1] + 1;
        return contiguous
            ? Extract(value, map[0], map.Length)
            : Make(OpCode.Gather, [value], map.Length, value.Rate, value.Type, new(map: map));
    }

    /// <summary>The program that computes <paramref name="outputs"/>, with products contracted into fused multiply-adds.</summary>
    public static Program Build(params ReadOnlySpan<Value> outputs) => Contraction.Apply(new Program([.. outputs]));

    Value Extremum(OpCode op, Value value) =>
        value.Length == 1 ? value
        : value.Op == OpCode.Broadcast ? value.Operands[0]
        : Make(op, [value], 1, value.Rate, ComponentType.Element);

    Value ExtractRaw(Value value, int start, int length) =>
        Make(OpCode.Extract, [value], length, value.Rate, value.Type, new(start: start));

    Value ElementWise(OpCode op, ComponentType type, params ImmutableArray<Value> operands)
    {
        var length = 1;
        var rate = Rate.Constant;
        foreach (var operand in operands)
        {
            rate |= operand.Rate;
            if (operand.Length == 1) continue;
            if (length != 1 && length != operand.Length)
                throw new ArgumentException($"{op} of values with {length} and {operand.Length} components.");
            length = operand.Length;
        }

        // A repeated component is computed once and repeated after.
        if (length > 1 && operands.All(o => o.Length == 1 || o.Op == OpCode.Broadcast))
            return Broadcast(ElementWise(op, type, [.. operands.Select(o => o.Op == OpCode.Broadcast ? o.Operands[0] : o)]), length);
        // Beside a full vector a single component needs no repeating.
        return Make(op, [.. operands.Select(o => length > 1 && o.Op == OpCode.Broadcast ? o.Operands[0] : o)], length, rate, type);
    }

    internal Value Make(
        OpCode op, ImmutableArray<Value> operands, int length, Rate rate, ComponentType type, ValuePayload payload = default)
    {
        var key = new Key(op, operands, length, type, payload);
        if (_values.TryGetValue(key, out var value)) return value;
        value = new Value(_values.Count, op, operands, length, rate, type, payload);
        _values.Add(key, value);
        return value;
    }

    static void RequireLength(Value value, int length)
    {
        if (value.Length != length) throw new ArgumentException($"A value of {value.Length} components where {length} is expected.");
    }

    readonly struct Key(OpCode op, ImmutableArray<Value> operands, int length, ComponentType type, ValuePayload payload) : IEquatable<Key>
    {
        readonly OpCode _op = op;
        readonly ImmutableArray<Value> _operands = operands;
        readonly int _length = length;
        readonly ComponentType _type = type;
        readonly ValuePayload _payload = payload;

        public bool Equals(Key other) => _op == other._op && _length == other._length && _type == other._type
            && _payload.Equals(other._payload) && _operands.AsSpan().SequenceEqual(other._operands.AsSpan());

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_op);
            hash.Add(_length);
            hash.Add(_payload);
            foreach (var operand in _operands) hash.Add(operand.Id);
            return hash.ToHashCode();
        }
    }
}
