using System.Collections.Concurrent;
using Distributed.Keops.Kernels.Cuda.Compiler;
using Distributed.Keops.Kernels.Cuda.Driver;
using Distributed.Keops.Kernels.Cuda.Emission;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cuda;

/// <summary>A GPU with all that reductions on it need: its context, the compiler, the kernels compiled so far. Safe for several threads.</summary>
public sealed class CudaEngine : IDisposable
{
    readonly Nvrtc _compiler;
    readonly KernelCache _cache;
    readonly ConcurrentDictionary<string, Lazy<CudaReduction>> _reductions = new();

    CudaEngine(CudaContext context, Nvrtc compiler, KernelCache cache) => (Context, _compiler, _cache) = (context, compiler, cache);

    /// <summary>The device.</summary>
    public CudaDevice Device => Context.Device;

    /// <summary>What decides the bits of a result besides the plan: architecture, emitter and compiler.</summary>
    public string EngineId => $"cuda-{Device.Architecture}-{CudaSource.Version}-nvrtc{_compiler.Version}";

    internal CudaContext Context { get; }

    /// <summary>Opens a GPU.</summary>
    /// <param name="device">Its number, from 0.</param>
    /// <exception cref="KeopsException">There is no such device, no driver or no compiler; the error says which and what to do.</exception>
    public static CudaEngine Open(int device = 0)
    {
        var inventory = CudaInventory.Find();
        if (inventory.Devices.IsEmpty) throw new KeopsException($"A GPU was asked for, but {inventory.Reason}");
        if (device < 0 || device >= inventory.Devices.Length)
            throw new KeopsException($"GPU {device} was asked for, but this machine has {inventory.Devices.Length}, numbered from 0.");
        var compiler = Nvrtc.Load();
        return new CudaEngine(inventory.Devices[device].Open(), compiler, new KernelCache(KernelCache.DefaultFolder));
    }

    /// <summary>The kernels of a reduction, compiled once.</summary>
    internal CudaReduction Compile(ReductionProgram program) => _reductions.GetOrAdd(
        program.Text, _ => new(() => CudaReduction.Create(Context, _compiler, _cache, program))).Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var reduction in _reductions.Values)
        {
            if (reduction.IsValueCreated) reduction.Value.Dispose();
        }

        Context.Dispose();
    }
}
