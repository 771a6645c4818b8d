namespace Distributed.Keops.Conformance;

/// <summary>One call of KeOps' Genred: a formula, how it is reduced, and the arrays.</summary>
public sealed record GenredCall
{
    /// <summary>The formula string.</summary>
    public required string Formula { get; init; }

    /// <summary>The declarations: <c>x = Vi(3)</c>, <c>y = Vj(1,3)</c> …</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>The reduction's name as in KeOps: <c>Sum</c>, <c>KMin_ArgKMin</c> …</summary>
    public required string Reduction { get; init; }

    /// <summary>1 reduces over j (output indexed by i), 0 over i.</summary>
    public required int Axis { get; init; }

    /// <summary>K of the K-min reductions.</summary>
    public int? OptArg { get; init; }

    /// <summary>The weights' formula string.</summary>
    public string? Formula2 { get; init; }

    /// <summary>The dtype of data and result: <c>float16</c>, <c>float32</c> or <c>float64</c>.</summary>
    public required string Dtype { get; init; }

    /// <summary>The arrays by position; those of a float32 call hold float32 values.</summary>
    public required IReadOnlyList<CaseArray> Args { get; init; }

    /// <summary>Six flat arrays of block-sparse ranges in KeOps' order, or null.</summary>
    public IReadOnlyList<long[]>? Ranges { get; init; }

    /// <summary>How many leading dimensions of every array are batch dimensions.</summary>
    public int BatchDims { get; init; }

    /// <summary>The number of i rows where the caller states it; otherwise it is taken from the arrays.</summary>
    public int? Nx { get; init; }

    /// <summary>The number of j rows, likewise.</summary>
    public int? Ny { get; init; }

    /// <summary>Precision and summation.</summary>
    public CallOptions Options { get; init; } = new();
}
