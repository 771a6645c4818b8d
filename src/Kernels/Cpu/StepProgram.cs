using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// A program done one operation after the other over many lanes, for formulas that are larger than one method can be: every value
/// has rows of its own in a frame, and every operation is a call of code that was made before. Some times slower than a kernel that keeps
/// its values in registers, but without limit in size, and compiled at once. Safe to share between threads, each with its own frame.
/// <code>
///   frame  [ numbers | parameters | i rows | j row | values, whose rows are used again when nothing reads them any more ]
///          64 lanes for each reduced row that is taken at once
/// </code>
/// </summary>
sealed unsafe class StepProgram
{
    const int MaxCopies = 8;
    const long CacheBytes = 512 << 10;
    const long MaxBytes = 1L << 30;

    readonly ElementType _type;
    readonly Step[] _steps;
    readonly StepLeaf[] _columns;
    readonly StepLeaf[] _others;
    readonly nint _tileRowBytes;

    /// <summary>Prepares a program.</summary>
    /// <param name="program">What is computed.</param>
    /// <param name="width">Bits of a vector.</param>
    /// <param name="type">The element type.</param>
    /// <param name="given">Where a value comes from that is not computed here; null for all others.</param>
    /// <param name="manyCopies">Whether several reduced rows are taken at once.</param>
    /// <exception cref="KeopsException">The values of one row need more memory than a thread may have.</exception>
    public StepProgram(Program program, int width, ElementType type, Func<Value, StepGiven?> given, bool manyCopies)
    {
        _type = type;
        _tileRowBytes = KernelArguments.TileRows * type.Size();
        var steps = new StepBuilder(program, width, type, given);
        (_steps, Outputs) = (steps.Steps, steps.Outputs);
        _columns = [.. steps.Leaves.Where(leaf => leaf.Given.Source == StepSource.Columns)];
        _others = [.. steps.Leaves.Except(_columns)];
        Copies = manyCopies ? MaxCopies : 1;
        while (Copies > 1 && steps.Rows * Copies * _tileRowBytes > CacheBytes) Copies /= 2;
        if (steps.Rows * _tileRowBytes > MaxBytes)
            throw new KeopsException(
                $"The formula's {program.Values.Length} values need {steps.Rows * _tileRowBytes >> 20} MB for 64 rows, "
                + $"of at most {MaxBytes >> 20}. Split it into several reductions, by components or by terms.");
        FrameRows = (int)(steps.Rows * Copies);
    }

    /// <summary>Rows of 64 elements of the frame.</summary>
    public int FrameRows { get; }

    /// <summary>Reduced rows taken at once.</summary>
    public int Copies { get; }

    /// <summary>The number of operations.</summary>
    public int StepCount => _steps.Length;

    /// <summary>Where the outputs stand, component after component.</summary>
    public IReadOnlyList<StepRows> Outputs { get; }

    /// <summary>Bytes from a component in the frame to the next.</summary>
    public nint RowBytes => _tileRowBytes * Copies;

    /// <summary>Puts what does not change from one reduced row to the next into a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="rows">The tile of rows, by component.</param>
    /// <param name="parameters">The call's record.</param>
    public void Begin(byte* frame, byte* rows, byte* parameters)
    {
        foreach (var leaf in _others)
        {
            if (leaf.Given.Source == StepSource.Number) leaf.Fill(frame, _type, KernelArguments.TileRows * Copies);
            else if (leaf.Given.Source == StepSource.Rows) leaf.CopyRows(rows, frame, _tileRowBytes, Copies);
            else for (var copy = 0; copy < Copies; copy++) leaf.Spread(parameters, frame, _type, Copies, copy);
        }
    }

    /// <summary>Puts a reduced row into the lanes of copy number <paramref name="copy"/>.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="columns">The row of each array of reduced rows.</param>
    /// <param name="copy">Which of the rows taken at once.</param>
    public void Load(byte* frame, byte** columns, int copy)
    {
        foreach (var leaf in _columns) leaf.Spread(columns[leaf.Given.Slot], frame, _type, Copies, copy);
    }

    /// <summary>Computes all values.</summary>
    public void Run(byte* frame)
    {
        foreach (var step in _steps) step.Run(frame, RowBytes);
    }

    /// <summary>The address of an output's first component.</summary>
    public byte* Output(byte* frame, int output) => frame + (nint)Outputs[output].First * RowBytes;
}
