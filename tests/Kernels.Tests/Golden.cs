using System.Text.Json;

namespace Distributed.Keops.Kernels.Tests;

/// <summary>The golden cases, as JSON.</summary>
static class Golden
{
    public static IEnumerable<JsonElement> Cases(params string[] kinds) =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "golden"), "*.json").Order(StringComparer.Ordinal)
            .SelectMany(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("cases").EnumerateArray())
            .Where(c => kinds.Contains(c.GetProperty("kind").GetString()));

    public static bool ExpectsError(this JsonElement c) => c.TryGetProperty("expect_error", out var e) && e.GetBoolean();

    public static string? Text(this JsonElement c, string name) =>
        c.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static string[] Aliases(this JsonElement c) => [.. c.GetProperty("aliases").EnumerateArray().Select(a => a.GetString()!)];

    public static double[] Numbers(JsonElement data) => [.. data.EnumerateArray().Select(d => d.ValueKind == JsonValueKind.Number
        ? d.GetDouble()
        : d.GetString() switch { "inf" => double.PositiveInfinity, "-inf" => double.NegativeInfinity, _ => double.NaN })];
}
