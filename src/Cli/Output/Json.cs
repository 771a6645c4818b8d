using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Distributed.Keops.Cli.Output;

/// <summary>
/// How this program reads and writes JSON: snake case, for names of phases too, formulas as they are, NaN and infinities as words.
/// </summary>
static class Json
{
    static readonly JsonSerializerOptions Lines = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    static readonly JsonSerializerOptions Documents = new(Lines) { WriteIndented = true };

    /// <summary>One document over several lines.</summary>
    public static string Document<T>(T value) => JsonSerializer.Serialize(value, Documents);

    /// <summary>One document on one line.</summary>
    public static string Line<T>(T value) => JsonSerializer.Serialize(value, Lines);

    /// <summary>Reads a document.</summary>
    /// <exception cref="JsonException">The text is no such document.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize<T>(utf8, Lines) ?? throw new JsonException("The document is empty.");
}
