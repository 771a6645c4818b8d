using Distributed.Keops.Kernels.Cuda.Compiler;
using Distributed.Keops.Kernels.Cuda.Driver;
using Distributed.Keops.Kernels.Cuda.Emission;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cuda;

/// <summary>A reduction compiled for a GPU, loaded into its context: the kernels, launched on a stream. Safe to share between threads.</summary>
sealed class CudaReduction : IDisposable
{
    readonly CudaModule _module;
    readonly CudaFunction? _prepareParameters;
    readonly CudaFunction _prepareI;
    readonly CudaFunction _prepareJ;
    readonly CudaFunction _reduce;
    readonly CudaFunction _clear;
    readonly CudaFunction _merge;

    CudaReduction(ReductionProgram program, CudaSource source, CudaModule module)
    {
        (Program, Source, _module) = (program, source, module);
        _prepareParameters = program.Hoisted.ParameterStage is null ? null : module.GetFunction("prepare_parameters");
        _prepareI = module.GetFunction("prepare_i");
        _prepareJ = module.GetFunction("prepare_j");
        _reduce = module.GetFunction("reduce");
        _clear = module.GetFunction("clear");
        _merge = module.GetFunction("merge");
    }

    /// <summary>What is computed.</summary>
    public ReductionProgram Program { get; }

    /// <summary>Its source.</summary>
    public CudaSource Source { get; }

    /// <summary>Bytes of a reduced row's record.</summary>
    public int JBytes => CudaSchedule.JStride(Program) * Program.Type.Size();

    /// <summary>Output rows of a block.</summary>
    public int BlockRows => Source.Schedule.Threads * Source.Schedule.RowsPerThread;

    /// <summary>The blocks of pairs that a multiprocessor works on at the same time.</summary>
    public int ActiveBlocks => Math.Max(1, _reduce.ActiveBlocks(Source.Schedule.Threads));

    /// <summary>The kernel of pairs.</summary>
    public CudaFunction Reduce => _reduce;

    /// <summary>Writes, compiles and loads the kernels.</summary>
    /// <exception cref="KeopsException">The reduction is too large for a GPU, or could not be compiled.</exception>
    public static CudaReduction Create(CudaContext context, Nvrtc compiler, KernelCache cache, ReductionProgram program)
    {
        var source = CudaSource.Create(program);
        var image = cache.GetOrCompile(compiler, source.Text, context.Device.Architecture);
        var module = context.Load(image.Bytes);
        try
        {
            return new CudaReduction(program, source, module);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>New arguments.</summary>
    public CudaArguments Arguments() => new(Source.Sources);

    /// <summary>Completes the call's record.</summary>
    public void PrepareParameters(CudaStream stream, CudaArguments arguments)
    {
        if (_prepareParameters is not null) Launch(stream, _prepareParameters, 1, 1, arguments);
    }

    /// <summary>Makes the records of output rows.</summary>
    public void PrepareI(CudaStream stream, CudaArguments arguments, long rows) =>
        LaunchRows(stream, _prepareI, StageKernels.Threads, arguments, rows);

    /// <summary>Makes the records of reduced rows.</summary>
    public void PrepareJ(CudaStream stream, CudaArguments arguments, long rows) =>
        LaunchRows(stream, _prepareJ, StageKernels.Threads, arguments, rows);

    /// <summary>Carries out work items.</summary>
    public void Run(CudaStream stream, CudaArguments arguments, int items)
    {
        if (items > 0) Launch(stream, _reduce, items, Source.Schedule.Threads, arguments);
    }

    /// <summary>Sets states to the empty one.</summary>
    public void Clear(CudaStream stream, CudaArguments arguments, long rows) =>
        LaunchRows(stream, _clear, MergeKernel.Threads, arguments, rows);

    /// <summary>Merges slots, in order, into the state.</summary>
    public void Merge(CudaStream stream, CudaArguments arguments, long rows) =>
        LaunchRows(stream, _merge, MergeKernel.Threads, arguments, rows);

    /// <inheritdoc/>
    public void Dispose() => _module.Dispose();

    static void LaunchRows(CudaStream stream, CudaFunction function, int threads, CudaArguments arguments, long rows)
    {
        arguments.Rows = rows;
        if (rows > 0) Launch(stream, function, checked((int)((rows + threads - 1) / threads)), threads, arguments);
    }

    static unsafe void Launch(CudaStream stream, CudaFunction function, int blocks, int threads, CudaArguments arguments)
    {
        fixed (ulong* fields = arguments.Fields) stream.Launch(function, (uint)blocks, (uint)threads, fields);
    }
}
