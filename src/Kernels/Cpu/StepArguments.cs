namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// What the code of a <see cref="Step"/> is called with: components one after the other, each a row of lanes. An operand's stride is 0
/// where one component serves all.
/// </summary>
unsafe struct StepArguments
{
    /// <summary>Where the result goes; its components follow each other.</summary>
    public byte* Target;

    /// <summary>The first operand.</summary>
    public byte* A;

    /// <summary>The second operand.</summary>
    public byte* B;

    /// <summary>The third operand.</summary>
    public byte* C;

    /// <summary>Bytes from a component of the first operand to the next.</summary>
    public nint StrideA;

    /// <summary>Bytes from a component of the second operand to the next.</summary>
    public nint StrideB;

    /// <summary>Bytes from a component of the third operand to the next.</summary>
    public nint StrideC;

    /// <summary>Bytes of a component of the result, a multiple of 64 elements.</summary>
    public nint RowBytes;

    /// <summary>Components of the result.</summary>
    public int Length;

    /// <summary>Components that are folded into each of the result's; 1 where nothing is folded.</summary>
    public int Terms;
}

/// <summary>Emitted code of a step.</summary>
unsafe delegate void StepKernel(StepArguments* arguments);
