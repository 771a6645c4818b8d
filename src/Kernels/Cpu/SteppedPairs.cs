using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// For formulas that are too large for one method: the items of some reduced rows at a time are computed operation by operation, then an
/// emitted loop takes them in.
/// </summary>
sealed unsafe class SteppedPairs : IPairLoop
{
    readonly StepProgram _steps;
    readonly FusedPairs _accumulate;
    readonly int _arrays;

    SteppedPairs(StepProgram steps, FusedPairs accumulate, int arrays) => (_steps, _accumulate, _arrays) = (steps, accumulate, arrays);

    public Schedule Schedule => _accumulate.Schedule with { Steps = _steps.StepCount };

    public int ScratchRows => _steps.FrameRows + _accumulate.ScratchRows;

    /// <summary>Prepares the steps and the loop over items.</summary>
    /// <exception cref="KeopsException">The values of 64 pairs need more memory than a thread may have.</exception>
    public static SteppedPairs Create(ReductionProgram program, int width)
    {
        var hoisted = program.Hoisted;
        var steps = new StepProgram(hoisted.Pairs, width, program.Type, Given, manyCopies: true);
        var accumulate = FusedPairs.Create(program.OfItems(), width, steps.Copies)
            ?? throw new InvalidOperationException("Unreachable: loops over components take in items of any length.");
        return new SteppedPairs(steps, accumulate, hoisted.JDims.Length + 1);

        StepGiven? Given(Value value)
        {
            var computed = hoisted.TryGetOffset(value, out var offset);
            if (!computed && value.Op != OpCode.Input) return null;
            var rate = computed ? value.Rate | Rate.Parameter
                : value.Input.Kind switch { InputKind.I => Rate.I, InputKind.J => Rate.J, _ => Rate.Parameter };
            return rate switch
            {
                Rate.I => new(StepSource.Rows, 0, computed ? offset : hoisted.IOffsets[value.Input.Slot]),
                Rate.J => new(StepSource.Columns, computed ? hoisted.JDims.Length : value.Input.Slot, computed ? offset : 0),
                _ => new(StepSource.Parameters, 0, computed ? offset : hoisted.ParameterOffsets[value.Input.Slot]),
            };
        }
    }

    public void Begin(KernelArguments* arguments) => _steps.Begin(arguments->Scratch, arguments->I, arguments->Parameters);

    public void Run(KernelArguments* arguments, nint* strides, int rows)
    {
        var frame = arguments->Scratch;
        var columns = stackalloc byte*[_arrays];
        var items = stackalloc byte*[_arrays + _steps.Outputs.Count];
        for (var o = 0; o < _steps.Outputs.Count; o++) items[1 + o] = _steps.Output(frame, o);
        var taken = *arguments;
        taken.J = items;
        taken.Scratch = frame + _steps.FrameRows * (_steps.RowBytes / _steps.Copies);
        for (var first = 0; first < arguments->Rows; first += _steps.Copies)
        {
            taken.Rows = Math.Min(_steps.Copies, arguments->Rows - first);
            taken.FirstIndex = arguments->FirstIndex + first;
            for (var copy = 0; copy < _steps.Copies; copy++)
            {
                // Lanes without a row repeat the last one; nobody takes them in.
                var row = first + Math.Min(copy, taken.Rows - 1);
                for (var s = 0; s < _arrays; s++) columns[s] = arguments->J[s] + row * strides[s];
                _steps.Load(frame, columns, copy);
            }

            _steps.Run(frame);
            _accumulate.Run(&taken, strides, rows);
        }
    }
}
