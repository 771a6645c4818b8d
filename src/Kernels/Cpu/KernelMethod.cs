using System.Reflection;
using System.Reflection.Emit;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>The frame of an emitted method: argument fields into locals, then a body, then a delegate.</summary>
static class KernelMethod
{
    // The JIT falls back to unoptimised code past roughly 1000 locals (its own included) or 8000 references to locals.
    const int MaxCalls = 3000;
    const int MaxLocals = 450;

    /// <summary>Whether the JIT will optimise a method of this size.</summary>
    public static bool Fits(IlBuffer il) => il.Size.Calls <= MaxCalls && il.Size.Locals <= MaxLocals && il.Size.References <= 2 * MaxCalls;

    /// <summary>A local that holds a field of the arguments.</summary>
    public static IlLocal Argument(IlBuffer il, string field)
    {
        var info = Field(field);
        var type = info.FieldType.IsPointer ? typeof(nint) : info.FieldType;
        var local = il.Local(type);
        il.Argument();
        il.Field(info);
        if (type == typeof(nint)) il.Emit(OpCodes.Conv_I);
        il.Store(local);
        return local;
    }

    /// <summary>Compiles what was recorded.</summary>
    public static unsafe Kernel Create(string name, IlBuffer il)
    {
        var method = new DynamicMethod(name, typeof(void), [typeof(KernelArguments*)], typeof(KernelMethod).Module, skipVisibility: true);
        il.WriteTo(method.GetILGenerator(1024));
        return method.CreateDelegate<Kernel>();
    }

    static FieldInfo Field(string name) =>
        typeof(KernelArguments).GetField(name) ?? throw new InvalidOperationException($"The kernel arguments have no field {name}.");
}
