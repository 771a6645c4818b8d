namespace Distributed.Keops.Client;

/// <summary>What a reduction gave.</summary>
/// <param name="Arrays">The results, in the order of the reduction's name (values
/// before row numbers); empty when written to a file.</param>
/// <param name="OutputPath">Where it was written, or null.</param>
/// <param name="Rows">Output rows, over all batches.</param>
/// <param name="Pairs">Pairs computed.</param>
/// <param name="Elapsed">Time from the call to the result.</param>
public sealed record ReductionResult(IReadOnlyList<ResultArray> Arrays, string? OutputPath, long Rows, double Pairs, TimeSpan Elapsed)
{
    /// <summary>The only, or the first, result.</summary>
    public ResultArray this[int index] => Arrays[index];

    /// <summary>The plan's name: equal plans give equal bits on equal engines.</summary>
    public string PlanHash { get; init; } = "";
}

/// <summary>How far a reduction is.</summary>
/// <param name="PairsDone">Pairs done.</param>
/// <param name="Pairs">Pairs in all.</param>
public readonly record struct ReductionProgress(double PairsDone, double Pairs);
