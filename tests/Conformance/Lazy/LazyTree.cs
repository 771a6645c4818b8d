using System.Numerics;
using System.Text.Json;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>
/// Evaluates an expression on tensors, written as a tree of JSON nodes (see tests/golden/README.md), by calling the members of
/// <see cref="LazyTensor"/> that its Python methods are.
/// </summary>
/// <param name="engine">What carries out the reductions.</param>
/// <param name="dtype">The dtype of arrays that state none.</param>
public sealed class LazyTree(KeopsEngine engine, string dtype)
{
    /// <summary>The value of a tree; a reduction that has all its data is carried out.</summary>
    /// <exception cref="KeopsException">The product refuses.</exception>
    public IReadOnlyList<NdArray> Evaluate(JsonElement tree, IReadOnlyDictionary<string, object?> names) => Carry(Visit(tree, names)) switch
    {
        IReadOnlyList<NdArray> arrays => arrays,
        NdArray array => [array],
        LazyTensor tensor => throw new NotSupportedException($"the value is a tensor: {tensor}"),
        var value => throw new NotSupportedException($"the value is {Values.Name(value)}"),
    };

    object? Visit(JsonElement node, IReadOnlyDictionary<string, object?> names)
    {
        if (node.TryGetProperty("name", out var name))
            return names.TryGetValue(name.GetString()!, out var known) ? known : throw new NotSupportedException($"unknown name '{name}'");
        if (node.TryGetProperty("int", out var integer)) return integer.GetInt64();
        if (node.TryGetProperty("float", out var real)) return real.GetDouble();
        if (node.TryGetProperty("complex", out var complex)) return new Complex(complex[0].GetDouble(), complex[1].GetDouble());
        if (node.TryGetProperty("none", out _)) return null;
        if (node.TryGetProperty("bool", out var flag)) return flag.GetBoolean();
        if (node.TryGetProperty("str", out var text)) return text.GetString();
        if (node.TryGetProperty("tuple", out var tuple)) return tuple.EnumerateArray().Select(item => Visit(item, names)).ToArray();
        if (node.TryGetProperty("list", out var list)) return list.EnumerateArray().Select(item => Visit(item, names)).ToList();
        if (node.TryGetProperty("slice", out var slice)) return ReadSlice(slice, names);
        if (node.TryGetProperty("op", out var op)) return Operate(op.GetString()!, [.. Children(node, "args", names)]);
        if (node.TryGetProperty("index", out var indexed)) return Index(Visit(indexed, names), [.. Children(node, "by", names)]);
        if (node.TryGetProperty("call", out var called)) return Call(called, node, names);
        if (node.TryGetProperty("member", out var member)) return Member(Visit(node.GetProperty("of"), names), member.GetString()!);
        if (node.TryGetProperty("let", out var let)) return Visit(node.GetProperty("in"), Bind(let, names));
        throw new NotSupportedException($"node {node} not supported");
    }

    IEnumerable<object?> Children(JsonElement node, string name, IReadOnlyDictionary<string, object?> names) =>
        node.TryGetProperty(name, out var children) ? children.EnumerateArray().Select(child => Visit(child, names)) : [];

    object Call(JsonElement called, JsonElement node, IReadOnlyDictionary<string, object?> names)
    {
        // The function first, as Python does; a method's object comes with it.
        var isMember = called.TryGetProperty("member", out var member);
        var of = isMember ? called.GetProperty("of") : default;
        var module = isMember && of.TryGetProperty("name", out var name) && !names.ContainsKey(name.GetString()!) ? name.GetString() : null;
        var function =
            !isMember && called.TryGetProperty("name", out var plain) && !names.ContainsKey(plain.GetString()!) ? plain.GetString()
            : module is null ? null : $"{module}.{member}";
        var target = function is not null ? null : Visit(isMember ? of : called, names);
        var arguments = new Arguments(
            [.. Children(node, "args", names).Select(Carry)],
            node.TryGetProperty("kwargs", out var keywords)
                ? keywords.EnumerateObject().ToDictionary(k => k.Name, k => Carry(Visit(k.Value, names)))
                : new Dictionary<string, object?>());
        if (function is not null) return Functions.Call(function, arguments, dtype)!;
        return target switch
        {
            LazyTensor tensor when isMember => Members.Call(tensor, member.GetString()!, arguments)!,
            ReductionCall reduction when !isMember => Run(Bind(reduction, arguments)),
            SolveCall system when !isMember => Run(Bind(system, arguments)),
            _ => throw new KeopsException($"{Values.Name(target)} can't be called{(isMember ? $" for '{member}'" : "")}."),
        };
    }

    static object? Member(object? of, string name) =>
        of is LazyTensor tensor ? Members.Get(tensor, name) : throw new KeopsException($"{Values.Name(of)} has no '{name}'.");

    object? Operate(string symbol, object?[] operands)
    {
        for (var k = 0; k < operands.Length; k++) operands[k] = Carry(operands[k]);
        return symbol == "neg" ? Operators.Negate(operands[0])
            : symbol == "@" ? Members.Call(
                (LazyTensor)operands[0]!, "__matmul__", new Arguments([operands[1]], new Dictionary<string, object?>()))
            : Operators.Apply(symbol, operands[0], operands[1]);
    }

    static object Index(object? value, object?[] by) => value switch
    {
        NdArray array => Indexing.Array(array, by),
        LazyTensor tensor => Indexing.Tensor(tensor, by),
        _ => throw new KeopsException($"{Values.Name(value)} can't be indexed."),
    };

    Slice ReadSlice(JsonElement slice, IReadOnlyDictionary<string, object?> names)
    {
        object?[] parts = [.. slice.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.Null ? null : Visit(part, names))];
        return new Slice(parts[0], parts[1], parts[2]);
    }

    Dictionary<string, object?> Bind(JsonElement let, IReadOnlyDictionary<string, object?> names)
    {
        var inner = new Dictionary<string, object?>(names);
        foreach (var binding in let.EnumerateObject()) inner[binding.Name] = Visit(binding.Value, names);
        return inner;
    }

    /// <summary>Where a reduction or a system without symbolic variables is used, its result is meant.</summary>
    object? Carry(object? value) => value switch
    {
        ReductionCall call when !call.Symbols.Any() && call.Variables.Length > 0 => Run(call),
        SolveCall system when !system.Symbols.Any() => Run(system),
        _ => value,
    };

    static ReductionCall Bind(ReductionCall reduction, Arguments arguments)
    {
        var bound = Reductions.WithCallOptions(reduction.Bind([.. arguments.TakeRest().Select(Values.Array)]), arguments);
        arguments.End();
        return bound;
    }

    static SolveCall Bind(SolveCall system, Arguments arguments)
    {
        var (alpha, eps) = (arguments.Keyword("alpha", system.Alpha), arguments.Keyword("eps", system.Eps));
        var bound = system.Bind([.. arguments.TakeRest().Select(Values.Array)]) with { Alpha = Values.Real(alpha), Eps = Values.Real(eps) };
        bound = bound with { Product = Reductions.WithCallOptions(bound.Product, arguments) };
        arguments.End();
        return bound;
    }

    ResultArray Run(SolveCall system) => engine.SolveAsync(system).GetAwaiter().GetResult().Solution;

    object Run(ReductionCall call)
    {
        var result = engine.ReduceAsync(call).GetAwaiter().GetResult();
        return result.Arrays.Count == 1 ? result.Arrays[0] : (IReadOnlyList<NdArray>)result.Arrays;
    }
}
