using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>The whole formula and its accumulation in one emitted loop, values in registers.</summary>
sealed unsafe class FusedPairs : IPairLoop
{
    readonly Kernel _wide;
    readonly Lazy<Kernel> _narrow;
    readonly int _lanes;

    FusedPairs(ReductionProgram program, Schedule schedule, int itemCopies, Kernel wide, int scratchRows)
    {
        (Schedule, ScratchRows, _wide) = (schedule, scratchRows, wide);
        _lanes = schedule.Width / 8 / program.Type.Size();
        // For tiles with fewer rows than one group has: one i-vector at a time, and the same bits, since a row's order of j is the same.
        _narrow = new(() => PairKernelEmitter.Emit(program, schedule with { Vectors = 1 }, itemCopies)?.Kernel ?? wide);
    }

    public Schedule Schedule { get; }

    public int ScratchRows { get; }

    /// <summary>Emits the loop of the best schedule that fits, or returns null when none does.</summary>
    /// <param name="program">The reduction.</param>
    /// <param name="width">Bits of a vector.</param>
    /// <param name="itemCopies">As in <see cref="PairKernelEmitter.Emit"/>.</param>
    public static FusedPairs? Create(ReductionProgram program, int width, int itemCopies = 0)
    {
        if (!KernelMethod.MayFit(program.Hoisted.Pairs)) return null;
        foreach (var schedule in Scheduler.Candidates(program, width))
        {
            if (PairKernelEmitter.Emit(program, schedule, itemCopies) is { } emitted)
                return new FusedPairs(program, schedule, itemCopies, emitted.Kernel, emitted.ScratchRows);
        }

        return null;
    }

    public void Begin(KernelArguments* arguments) { }

    public void Run(KernelArguments* arguments, nint* strides, int rows)
    {
        var vectors = (rows + _lanes - 1) / _lanes;
        var kernel = vectors < Schedule.Vectors ? _narrow.Value : _wide;
        arguments->Groups = kernel == _wide ? (vectors + Schedule.Vectors - 1) / Schedule.Vectors : vectors;
        kernel(arguments);
    }
}
