using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Contracts;

/// <summary>A request in words: what is computed, of what, into what.</summary>
/// <param name="Reduction">The reduction string.</param>
/// <param name="Type">The dtype.</param>
/// <param name="DtypeAcc">Accumulator dtype.</param>
/// <param name="SumScheme">Summation scheme.</param>
/// <param name="Nulls"><c>error</c> or <c>skip</c>.</param>
/// <param name="HasRanges">Whether only some pairs count.</param>
/// <param name="BatchShape">The batch dimensions.</param>
/// <param name="Variables">The variables.</param>
/// <param name="Output">Where the result is written; null when it is fetched.</param>
/// <param name="Keep">Columns carried along.</param>
/// <param name="Fingerprint">Equal requests have equal ones.</param>
[GenerateSerializer, Immutable, Alias("keops.ReportedRequest")]
public sealed record ReportedRequest(
    [property: Id(0)] string Reduction,
    [property: Id(1)] string Type,
    [property: Id(2)] string DtypeAcc,
    [property: Id(3)] string SumScheme,
    [property: Id(4)] string Nulls,
    [property: Id(5)] bool HasRanges,
    [property: Id(6)] ImmutableArray<int> BatchShape,
    [property: Id(7)] ImmutableArray<ReportedVariable> Variables,
    [property: Id(8)] string? Output,
    [property: Id(9)] ImmutableArray<string> Keep,
    [property: Id(10)] string Fingerprint)
{
    /// <summary>A request in words.</summary>
    public static ReportedRequest Of(ReductionRequest request) => new(
        request.Reduction,
        request.Type,
        request.DtypeAcc,
        request.SumScheme,
        request.SkipNulls ? "skip" : "error",
        request.Ranges is not null,
        request.BatchShape,
        [.. request.Variables.Select(ReportedVariable.Of)],
        request.Output?.Path,
        request.Output?.Keep ?? [],
        RequestFingerprint.Of(request));
}

/// <summary>A variable and where its values are; never the values.</summary>
/// <param name="Index">Its position.</param>
/// <param name="Name">What the caller calls it.</param>
/// <param name="Category">Vi, Vj or Pm.</param>
/// <param name="Dim">Its dimension.</param>
/// <param name="Source">A cloud's path and columns, an upload's name, or <c>parameter</c>.</param>
[GenerateSerializer, Immutable, Alias("keops.ReportedVariable")]
public sealed record ReportedVariable(
    [property: Id(0)] int Index,
    [property: Id(1)] string? Name,
    [property: Id(2)] string Category,
    [property: Id(3)] int Dim,
    [property: Id(4)] string Source)
{
    /// <summary>A variable in words.</summary>
    public static ReportedVariable Of(RequestVariable variable) => new(
        variable.Index,
        variable.Name,
        (Category)variable.Category switch { Kernels.Formulas.Category.I => "Vi", Kernels.Formulas.Category.J => "Vj", _ => "Pm" },
        variable.Dim,
        variable.Source switch
        {
            CloudSource cloud => cloud.Spec,
            UploadSource upload => $"upload {string.Join(", ", upload.Batches.Select(b => b.Name))}",
            _ => "parameter",
        });
}
