using System.Reflection.Emit;
using Distributed.Keops.Kernels.Programs;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>The frame of an emitted method: argument fields into locals, then a body, then a delegate.</summary>
static class KernelMethod
{
    /// <summary>The most calls, which are vector instructions, of a method.</summary>
    public const int MaxCalls = 3000;

    // The JIT falls back to unoptimised code past roughly 1000 locals (its own included) or 8000 references to locals.
    const int MaxLocals = 450;

    /// <summary>Whether the JIT will optimise a method of this size.</summary>
    public static bool Fits(IlBuffer il) => il.Size.Calls <= MaxCalls && il.Size.Locals <= MaxLocals && il.Size.References <= 2 * MaxCalls;

    /// <summary>
    /// Whether code for the program may be tried: not when one instruction for each value were too many, nor one for each moved component.
    /// </summary>
    public static bool MayFit(Program program)
    {
        var size = 0L;
        foreach (var value in program.Values)
        {
            size += value.Op switch { OpCode.Gather => value.Length, OpCode.Concat => value.Operands.Length, OpCode.Constant => 0, _ => 1 };
        }

        return size <= MaxCalls;
    }

    /// <summary>A local that holds a field of the arguments.</summary>
    public static IlLocal Argument(IlBuffer il, string field) => Argument<KernelArguments>(il, field);

    /// <summary>A local that holds a field of arguments of another form.</summary>
    public static IlLocal Argument<TArguments>(IlBuffer il, string field)
        where TArguments : unmanaged
    {
        var info = typeof(TArguments).GetField(field)
            ?? throw new InvalidOperationException($"{typeof(TArguments).Name} has no field {field}.");
        var type = info.FieldType.IsPointer ? typeof(nint) : info.FieldType;
        var local = il.Local(type);
        il.Argument();
        il.Field(info);
        if (type == typeof(nint)) il.Emit(OpCodes.Conv_I);
        il.Store(local);
        return local;
    }

    /// <summary>Compiles what was recorded.</summary>
    public static Kernel Create(string name, IlBuffer il) => Create<Kernel, KernelArguments>(name, il);

    /// <summary>Compiles what was recorded, for arguments of another form.</summary>
    public static TKernel Create<TKernel, TArguments>(string name, IlBuffer il)
        where TKernel : Delegate
        where TArguments : unmanaged
    {
        var method = new DynamicMethod(
            name, typeof(void), [typeof(TArguments).MakePointerType()], typeof(KernelMethod).Module, skipVisibility: true);
        il.WriteTo(method.GetILGenerator(1024));
        return method.CreateDelegate<TKernel>();
    }
}
