using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Code over the rows of a tile, and the scratch rows it needs.</summary>
sealed unsafe record RowKernel(Kernel Run, int ScratchRows)
{
    /// <summary>For programs that are too large for one method: operation by operation, outputs copied behind each other.</summary>
    /// <param name="program">What is computed.</param>
    /// <param name="width">Bits of a vector.</param>
    /// <param name="type">The element type.</param>
    /// <param name="locate">Where a given value stands: in the rows of the tile, or among the parameters.</param>
    public static RowKernel OfSteps(Program program, int width, ElementType type, Func<Value, (InputKind From, int Offset)?> locate)
    {
        var steps = new StepProgram(program, width, type, Given, manyCopies: false);
        return new RowKernel(Run, steps.FrameRows);

        StepGiven? Given(Value value) => locate(value) is { } place
            ? new(place.From == InputKind.Parameter ? StepSource.Parameters : StepSource.Rows, 0, place.Offset)
            : null;

        void Run(KernelArguments* arguments)
        {
            steps.Begin(arguments->Scratch, arguments->I, arguments->Parameters);
            steps.Run(arguments->Scratch);
            var target = arguments->State;
            for (var o = 0; o < program.Outputs.Length; o++)
            {
                var bytes = program.Outputs[o].Length * steps.RowBytes;
                Buffer.MemoryCopy(steps.Output(arguments->Scratch, o), target, bytes, bytes);
                target += bytes;
            }
        }
    }
}
