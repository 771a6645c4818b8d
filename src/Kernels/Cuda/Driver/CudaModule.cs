namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>Compiled kernels, loaded into a context.</summary>
public sealed unsafe class CudaModule : IDisposable
{
    readonly ModuleHandle _handle;

    CudaModule(ModuleHandle handle) => _handle = handle;

    internal nint Value => _handle.Bound;

    internal static CudaModule Load(CudaContext context, ReadOnlySpan<byte> image)
    {
        context.Bind();
        nint module;
        fixed (byte* first = image) CudaException.Check(CudaNative.cuModuleLoadDataEx(out module, first, 0, null, null));
        return new CudaModule(new ModuleHandle(context, module));
    }

    /// <summary>A kernel by its name; valid as long as the module.</summary>
    /// <exception cref="CudaException">There is none.</exception>
    public CudaFunction GetFunction(string name)
    {
        CudaException.Check(CudaNative.cuModuleGetFunction(out var function, Value, name));
        return new CudaFunction(this, function);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    sealed class ModuleHandle(CudaContext context, nint module) : ContextHandle(context, module)
    {
        protected override int Release(nint value) => CudaNative.cuModuleUnload(value);
    }
}

/// <summary>A kernel of a module.</summary>
public sealed class CudaFunction
{
    const int SharedBytesAttribute = 1;
    const int LocalBytesAttribute = 3;
    const int RegistersAttribute = 4;

    readonly CudaModule _module;
    readonly nint _function;

    internal CudaFunction(CudaModule module, nint function) => (_module, _function) = (module, function);

    /// <summary>Registers of a thread.</summary>
    public int Registers => Attribute(RegistersAttribute);

    /// <summary>Bytes of memory that a thread has for itself: arrays that did not fit registers.</summary>
    public int LocalBytes => Attribute(LocalBytesAttribute);

    /// <summary>Bytes of shared memory of a block.</summary>
    public int SharedBytes => Attribute(SharedBytesAttribute);

    internal nint Value
    {
        get
        {
            _ = _module.Value;
            return _function;
        }
    }

    /// <summary>How many blocks a multiprocessor works on at the same time.</summary>
    public int ActiveBlocks(int threads)
    {
        CudaException.Check(CudaNative.cuOccupancyMaxActiveBlocksPerMultiprocessor(out var blocks, Value, threads, 0));
        return blocks;
    }

    int Attribute(int attribute)
    {
        CudaException.Check(CudaNative.cuFuncGetAttribute(out var value, attribute, Value));
        return value;
    }
}
