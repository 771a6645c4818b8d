using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>
/// Writes the values of a program: those that are kept into variables of the enclosing block, all others as expressions where they are
/// read.
/// </summary>
/// <param name="text">Where they go.</param>
/// <param name="program">The program.</param>
/// <param name="numbers">The types of its values.</param>
/// <param name="leaves">The values that are given.</param>
sealed class ValueEmitter(CudaText text, Program program, CudaNumbers numbers, ILeaves leaves)
{
    readonly KeptValues _kept = new(program, leaves.IsLeaf);
    readonly Dictionary<Value, string> _names = [];
    readonly Dictionary<(Value Value, At At), string> _locals = [];

    /// <summary>The expressions of the program's outputs are read through <see cref="Component"/>.</summary>
    public Program Program => program;

    /// <summary>Writes the variables of all kept values.</summary>
    public void WriteKept()
    {
        foreach (var value in _kept.Order)
        {
            var name = text.Name("v");
            if (value.IsFold) WriteFold(value, name);
            else if (value.Length == 1) text.Line($"const {numbers.NameOf(value.Type)} {name} = {Expression(value, new At(0))};");
            else WriteVector(value, name);
            _names.Add(value, name);
        }
    }

    /// <summary>Writes a loop over the components of values.</summary>
    public void ForEachComponent(int length, IEnumerable<Value> values, bool descending, Action<At> body)
    {
        var breaks = new List<int>();
        foreach (var value in values) AddBreaks(value, 0, breaks);
        ComponentLoops.Write(text, length, breaks, descending, at =>
        {
            body(at);
            EndComponent();
        });
    }

    /// <summary>Forgets the variables of a block that has ended.</summary>
    public void EndComponent()
    {
        _locals.Clear();
        leaves.EndComponent();
    }

    /// <summary>The expression of one component; what it repeats gets variables of the enclosing block.</summary>
    public string Component(Value value, At at)
    {
        if (value.Length == 1) at = new At(0);
        if (_names.TryGetValue(value, out var name)) return value.Length == 1 ? name : $"{name}[{at}]";
        if (leaves.IsLeaf(value)) return leaves.Component(value, at);
        if (!_kept.IsRepeated(value) || value.Length == 1) return Expression(value, at);
        if (_locals.TryGetValue((value, at), out var local)) return local;
        var expression = Expression(value, at);
        local = text.Name("v");
        text.Line($"const {numbers.NameOf(value.Type)} {local} = {expression};");
        _locals.Add((value, at), local);
        return local;
    }

    /// <summary>Adds the places at which a loop must stop in which component 0 of <paramref name="value"/> is number
    /// <paramref name="shift"/>.</summary>
    public void AddBreaks(Value value, int shift, List<int> breaks)
    {
        if (_names.ContainsKey(value) || value.Length == 1) return;
        if (leaves.IsLeaf(value))
        {
            leaves.AddBreaks(value, shift, breaks);
            return;
        }

        switch (value.Op)
        {
            case OpCode.Extract:
                AddBreaks(value.Operands[0], shift - value.Start, breaks);
                break;
            case OpCode.Concat:
                foreach (var operand in value.Operands)
                {
                    breaks.Add(shift);
                    AddBreaks(operand, shift, breaks);
                    shift += operand.Length;
                }

                breaks.Add(shift);
                break;
            case OpCode.Broadcast or OpCode.Gather or OpCode.Constant or OpCode.Input:
                break;
            default:
                foreach (var operand in value.Operands) AddBreaks(operand, shift, breaks);
                break;
        }
    }

    string Expression(Value value, At at)
    {
        switch (value.Op)
        {
            case OpCode.Constant:
                return numbers.Literal(value.Number);
            case OpCode.Extract:
                return Component(value.Operands[0], at + value.Start);
            case OpCode.Broadcast:
                return Component(value.Operands[0], new At(0));
            case OpCode.Concat:
                foreach (var operand in value.Operands)
                {
                    if (at.First < operand.Length) return Component(operand, at);
                    at += -operand.Length;
                }

                throw new InvalidOperationException($"A component behind the last of {value}.");
            case OpCode.Gather:
                return at.Variable is null
                    ? Component(value.Operands[0], new At(value.Map[at.Offset]))
                    : Component(value.Operands[0], new At(0, $"{text.Table(value.Map)}[{at}]"));
            default:
                if (!value.IsElementWise) throw new InvalidOperationException($"{value} has no expression by component.");
                return CudaOperations.Expression(value.Op, numbers, [.. value.Operands.Select(o => Component(o, at))]);
        }
    }

    void WriteVector(Value value, string name)
    {
        text.Line($"{numbers.NameOf(value.Type)} {name}[{value.Length}];");
        ForEachComponent(value.Length, [value], descending: false, at => text.Line($"{name}[{at}] = {Expression(value, at)};"));
    }

    void WriteFold(Value value, string name)
    {
        var all = value.Operands[0];
        // A product that is only added up is a chain of multiply-adds.
        var product = value.Op == OpCode.Sum && all.Op == OpCode.Multiply && !_names.ContainsKey(all) && !leaves.IsLeaf(all)
            && all.Operands.All(o => o.Length == all.Length) ? all : null;
        text.Line($"{numbers.Real} {name} = {numbers.Literal(0)};");
        var isFirst = true;
        ForEachComponent(all.Length, [all], descending: false, at =>
        {
            if (product is not null)
            {
                var (a, b) = (Component(product.Operands[0], at), Component(product.Operands[1], at));
                var next = CudaOperations.Expression(OpCode.MultiplyAdd, numbers, [a, b, name]);
                text.Line(Step($"({a} * {b})", next, at));
            }
            else
            {
                var component = Component(all, at);
                text.Line(Step(component, CudaOperations.Fold(value.Op, numbers, name, component), at));
            }

            isFirst = false;
        });

        // The first component is not added to a zero, which would turn −0 into 0 and cost a step.
        string Step(string first, string next, At at) =>
            !isFirst ? $"{name} = {next};"
            : at.Variable is null ? $"{name} = {first};"
            : $"{name} = {at.Variable} == {at.Lowest} ? {first} : {next};";
    }
}
