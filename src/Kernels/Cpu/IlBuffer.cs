using System.Reflection;
using System.Reflection.Emit;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>A local variable of a method under construction.</summary>
sealed record IlLocal(int Number, Type Type);

/// <summary>A branch target of a method under construction.</summary>
sealed record IlTarget(int Number);

/// <summary>
/// IL recorded before it is written, so that code may still be put in front of what stands already (hoisted constants, loop
/// counters) and the size is known before the JIT sees it. Past about a thousand locals or eight thousand references to them the JIT
/// silently gives unoptimised code, which <see cref="Size"/> lets the caller avoid.
/// </summary>
sealed class IlBuffer
{
    readonly List<(System.Reflection.Emit.OpCode Code, object? Operand)> _code = [];
    readonly Shared _shared;

    /// <summary>Code of any size, or of at most <paramref name="maxCalls"/> calls.</summary>
    public IlBuffer(int maxCalls = int.MaxValue) : this(new Shared(maxCalls)) { }

    IlBuffer(Shared shared) => _shared = shared;

    /// <summary>Calls (vector instructions), locals and references to locals of the whole method so far.</summary>
    public (int Calls, int Locals, int References) Size => (_shared.Calls, _shared.Locals.Count, _shared.References);

    /// <summary>A place at the current end where code can be put later.</summary>
    public IlBuffer Section()
    {
        var section = new IlBuffer(_shared);
        _code.Add((OpCodes.Nop, section));
        return section;
    }

    public void Emit(System.Reflection.Emit.OpCode code) => _code.Add((code, null));

    public void Emit(System.Reflection.Emit.OpCode code, int operand) => _code.Add((code, operand));

    /// <summary>Reads or writes a vector at any address, aligned or not.</summary>
    public void Vector(System.Reflection.Emit.OpCode code, Type vector)
    {
        _shared.Count();
        _code.Add((OpCodes.Unaligned, (byte)1));
        _code.Add((code, vector));
    }

    public void Int(long number) => _code.Add((OpCodes.Ldc_I8, number));

    /// <summary>An address-sized integer.</summary>
    public void Offset(long number)
    {
        if (number is >= int.MinValue and <= int.MaxValue) _code.Add((OpCodes.Ldc_I4, (int)number));
        else Int(number);
        Emit(OpCodes.Conv_I);
    }

    public void Number(double number) => _code.Add((OpCodes.Ldc_R8, number));

    public void Single(float number) => _code.Add((OpCodes.Ldc_R4, number));

    public void Call(MethodInfo method)
    {
        _shared.Count();
        _code.Add((OpCodes.Call, method));
    }

    public void Argument() => _code.Add((OpCodes.Ldarg_0, null));

    public void Field(FieldInfo field) => _code.Add((OpCodes.Ldfld, field));

    public void Load(IlLocal local) => Reference(OpCodes.Ldloc, local);

    public void Store(IlLocal local) => Reference(OpCodes.Stloc, local);

    public IlTarget Target() => new(_shared.Targets++);

    public void Mark(IlTarget target) => _code.Add((OpCodes.Nop, target));

    public void Branch(System.Reflection.Emit.OpCode code, IlTarget target) => _code.Add((code, target));

    /// <summary>A local, one that was released if there is one.</summary>
    public IlLocal Local(Type type)
    {
        return _shared.Free.TryGetValue(type, out var free) && free.TryPop(out var local) ? local : FreshLocal(type);
    }

    /// <summary>A local that no recorded code uses, for what is set in an earlier section.</summary>
    public IlLocal FreshLocal(Type type)
    {
        var local = new IlLocal(_shared.Locals.Count, type);
        _shared.Locals.Add(type);
        return local;
    }

    public void Release(IlLocal local)
    {
        if (!_shared.Free.TryGetValue(local.Type, out var free)) _shared.Free.Add(local.Type, free = new());
        free.Push(local);
    }

    /// <summary>Adds <c>component · stride + displacement</c> bytes to the address on the stack.</summary>
    public void PushAddress(Component component, int stride, long displacement)
    {
        if (component.Loop is { } loop)
        {
            Load(loop.Running(stride));
            Emit(OpCodes.Add);
        }

        displacement += (long)component.Offset * stride;
        if (displacement == 0) return;
        Offset(displacement);
        Emit(OpCodes.Add);
    }

    /// <summary>Writes everything.</summary>
    public void WriteTo(ILGenerator il)
    {
        foreach (var type in _shared.Locals) il.DeclareLocal(type);
        Write(il, [.. Enumerable.Range(0, _shared.Targets).Select(_ => il.DefineLabel())]);
    }

    void Write(ILGenerator il, Label[] labels)
    {
        foreach (var (code, operand) in _code)
        {
            switch (operand)
            {
                case null: il.Emit(code); break;
                case IlBuffer section: section.Write(il, labels); break;
                case IlTarget target when code == OpCodes.Nop: il.MarkLabel(labels[target.Number]); break;
                case IlTarget target: il.Emit(code, labels[target.Number]); break;
                case IlLocal local: il.Emit(code, (short)local.Number); break;
                case MethodInfo method: il.Emit(code, method); break;
                case FieldInfo field: il.Emit(code, field); break;
                case Type type: il.Emit(code, type); break;
                case byte number: il.Emit(code, number); break;
                case float number: il.Emit(code, number); break;
                case int number: il.Emit(code, number); break;
                case long number: il.Emit(code, number); break;
                case double number: il.Emit(code, number); break;
            }
        }
    }

    void Reference(System.Reflection.Emit.OpCode code, IlLocal local)
    {
        _shared.References++;
        _code.Add((code, local));
    }

    sealed class Shared(int maxCalls)
    {
        public List<Type> Locals { get; } = [];

        public Dictionary<Type, Stack<IlLocal>> Free { get; } = [];

        public int Targets { get; set; }

        public int Calls { get; private set; }

        public int References { get; set; }

        public void Count()
        {
            if (++Calls > maxCalls) throw new KernelTooLargeException();
        }
    }
}
