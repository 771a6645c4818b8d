using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

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

    /// <summary>What is computed, where it was read already from one string: it then
    /// goes before the strings above. Default: null.</summary>
    public Reduction? Parsed { get; init; }

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

    /// <summary>What is computed.</summary>
    /// <param name="aliases">The declarations, read.</param>
    /// <exception cref="KeopsException">The strings can't be read, or the parts do not fit together.</exception>
    public Reduction Read(AliasList aliases)
    {
        if (Parsed is not null) return Parsed;
        if (Axis is not (0 or 1)) throw new KeopsException($"Axis {Axis}: expected 0 (over i) or 1 (over j).");
        var weight = Formula2 is null ? null : FormulaParser.Parse(Formula2, aliases);
        return new Reduction(ReductionKind.Find(Reduction), FormulaParser.Parse(Formula, aliases), weight, OptArg, Axis);
    }
}
