using System.Globalization;
using System.Text.Json;

namespace Distributed.Keops.Conformance;

/// <summary>One golden case: the fields all kinds share, and the JSON itself for those only one kind knows.</summary>
/// <param name="Group">The group it belongs to.</param>
/// <param name="Json">The case as it stands in the file.</param>
public sealed record GoldenCase(string Group, JsonElement Json)
{
    /// <summary>Its name within the group.</summary>
    public string Name => Text("name") ?? "(nameless)";

    /// <summary>What it asks for: <c>genred</c>, <c>vjp</c>, <c>solve</c> …</summary>
    public string Kind => Text("kind") ?? "(no kind)";

    /// <summary>The dtype of its data.</summary>
    public string Dtype => Text("dtype") ?? "float64";

    /// <summary>The dtype of real and imaginary parts.</summary>
    public string RealDtype => Dtype switch { "complex64" => "float32", "complex128" => "float64", var real => real };

    /// <summary>Whether the call must be refused.</summary>
    public bool ExpectError => Field("expect_error") is { ValueKind: JsonValueKind.True };

    /// <summary>Relative part of the tolerance.</summary>
    public double Rtol => Json.GetProperty("rtol").GetDouble();

    /// <summary>Absolute part of the tolerance.</summary>
    public double Atol => Json.GetProperty("atol").GetDouble();

    /// <summary>The arguments, rounded to their dtype.</summary>
    public IReadOnlyList<CaseArray> Args => [.. Json.GetProperty("args").EnumerateArray().Select(arg => ReadArray(arg, RealDtype))];

    /// <summary>The expected outputs: one, or two for paired reductions.</summary>
    public IReadOnlyList<CaseArray> Expected =>
        [.. new[] { Field("expected"), Field("expected2") }.OfType<JsonElement>().Select(array => ReadArray(array, RealDtype))];

    /// <summary>A field, or null when it is absent or null.</summary>
    public JsonElement? Field(string name) =>
        Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text field, or null when it is absent or null.</summary>
    public string? Text(string name) => Field(name)?.GetString();

    /// <summary>Reads an array object; its values are rounded to its dtype.</summary>
    /// <param name="array">The object: <c>shape</c>, <c>data</c> and perhaps <c>name</c> and <c>dtype</c>.</param>
    /// <param name="dtype">The dtype of an array that states none.</param>
    public static CaseArray ReadArray(JsonElement array, string dtype)
    {
        dtype = array.TryGetProperty("dtype", out var own) ? own.GetString()! : dtype;
        return new CaseArray(
            [.. array.GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())],
            CaseArray.Rounded([.. array.GetProperty("data").EnumerateArray().Select(Number)], dtype),
            dtype)
        {
            IsComplex = array.TryGetProperty("complex", out var complex) && complex.GetBoolean(),
            Name = array.TryGetProperty("name", out var name) ? name.GetString()! : "",
        };
    }

    // JSON has no numbers for these three.
    static double Number(JsonElement value) => value.ValueKind != JsonValueKind.String ? value.GetDouble() : value.GetString() switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" => double.NaN,
        var text => double.Parse(text!, CultureInfo.InvariantCulture),
    };
}
