namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Where the components of a value stand in a frame: row <c>First + k·Stride</c>, with stride 0 where one serves all.</summary>
readonly record struct StepRows(long First, int Stride)
{
    /// <summary>The rows from component <paramref name="start"/> on.</summary>
    public StepRows From(int start) => this with { First = First + (long)start * Stride };
}

/// <summary>One operation of a <see cref="StepProgram"/> on rows of its frame.</summary>
/// <param name="Kernel">Its code; null where rows are only moved.</param>
/// <param name="Target">The first row of the result.</param>
/// <param name="Length">Components of the result.</param>
/// <param name="Terms">Components folded into each; 1 where nothing is folded.</param>
/// <param name="Map">The component that each of the result's is a copy of; null where they are copied in order.</param>
/// <param name="Operands">Up to three operands.</param>
sealed unsafe record Step(StepKernel? Kernel, long Target, int Length, int Terms, int[]? Map, params StepRows[] Operands)
{
    /// <summary>Does it, in a frame of rows of <paramref name="rowBytes"/> bytes.</summary>
    public void Run(byte* frame, nint rowBytes)
    {
        if (Kernel is null) Move(frame, rowBytes);
        else Call(frame, rowBytes);
    }

    void Call(byte* frame, nint rowBytes)
    {
        var a = Operands[0];
        var b = Operands.Length > 1 ? Operands[1] : a;
        var c = Operands.Length > 2 ? Operands[2] : a;
        // Where every operand has as many rows as the result they are one long row.
        var flat = Terms == 1 && (Length == 1 || a.Stride == 1 && b.Stride == 1 && c.Stride == 1);
        var arguments = new StepArguments
        {
            Target = frame + (nint)Target * rowBytes,
            A = frame + (nint)a.First * rowBytes, StrideA = a.Stride * rowBytes,
            B = frame + (nint)b.First * rowBytes, StrideB = b.Stride * rowBytes,
            C = frame + (nint)c.First * rowBytes, StrideC = c.Stride * rowBytes,
            RowBytes = flat ? Length * rowBytes : rowBytes, Length = flat ? 1 : Length, Terms = Terms,
        };
        Kernel!(&arguments);
    }

    void Move(byte* frame, nint rowBytes)
    {
        var from = Operands[0];
        var to = frame + (nint)Target * rowBytes;
        if (Map is null && from.Stride == 1)
        {
            Copy(frame + (nint)from.First * rowBytes, to, Length * rowBytes);
            return;
        }

        for (var k = 0; k < Length; k++)
        {
            var row = from.From(Map is null ? k : Map[k]).First;
            Copy(frame + (nint)row * rowBytes, to + k * rowBytes, rowBytes);
        }
    }

    static void Copy(byte* from, byte* to, nint bytes) => Buffer.MemoryCopy(from, to, bytes, bytes);
}
