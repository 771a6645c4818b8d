using System.Text.Json;

namespace Distributed.Keops.Conformance;

/// <summary>A plain Genred call.</summary>
public sealed class GenredKind : ICaseKind
{
    /// <inheritdoc/>
    public string Name => "genred";

    /// <inheritdoc/>
    public CaseResult Compute(GoldenCase golden, ICaseEngine engine) => engine.Run(ReadCall(golden));

    /// <summary>The call a case describes; kinds built on a Genred call read theirs with this too.</summary>
    public static GenredCall ReadCall(GoldenCase golden) => new()
    {
        Formula = golden.Text("formula")!,
        Aliases = [.. golden.Json.GetProperty("aliases").EnumerateArray().Select(alias => alias.GetString()!)],
        Reduction = golden.Text("reduction")!,
        Axis = golden.Json.GetProperty("axis").GetInt32(),
        OptArg = golden.Field("opt_arg")?.GetInt32(),
        Formula2 = golden.Text("formula2"),
        Dtype = golden.Dtype,
        Args = golden.Args,
        Ranges = ReadRanges(golden),
        BatchDims = golden.Field("batch")?.GetArrayLength() ?? 0,
        Options = golden.Field("options") is { } options ? ReadOptions(options) : new CallOptions(),
    };

    /// <summary>The six arrays of block-sparse ranges, or null when all pairs count.</summary>
    public static IReadOnlyList<long[]>? ReadRanges(GoldenCase golden) =>
        golden.Field("ranges") is { } ranges ? [.. ranges.EnumerateArray().Select(Integers)] : null;

    static long[] Integers(JsonElement array) =>
        [.. (array.ValueKind == JsonValueKind.Object ? array.GetProperty("data") : array).EnumerateArray()
            .Select(value => value.GetInt64())];

    static CallOptions ReadOptions(JsonElement json)
    {
        var options = new CallOptions();
        foreach (var option in json.EnumerateObject())
        {
            options = option.Name switch
            {
                "dtype_acc" => options with { DtypeAcc = option.Value.GetString()! },
                "use_double_acc" => options with { UseDoubleAcc = option.Value.GetBoolean() },
                "sum_scheme" => options with { SumScheme = option.Value.GetString()! },
                "enable_chunks" => options with { EnableChunks = option.Value.GetBoolean() },
                _ => throw new NotSupportedException($"option '{option.Name}' not supported"),
            };
        }
        return options;
    }
}
