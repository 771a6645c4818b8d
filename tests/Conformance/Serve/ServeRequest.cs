using System.Buffers.Binary;
using System.Text.Json;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Conformance;

/// <summary>Reads a request line and writes an answer line; arrays travel as little-endian, row-major base64.</summary>
public static class ServeRequest
{
    /// <summary>The call a request asks for.</summary>
    /// <exception cref="KeopsException">The line is not JSON, or a field is missing, of
    /// the wrong kind, or does not fit the others.</exception>
    public static GenredCall Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Read(document.RootElement);
        }
        // The reader gives the second for text that is no text, such as half a surrogate pair.
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            throw new KeopsException($"The request is not JSON: {bad.Message}", bad);
        }
    }

    static GenredCall Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new KeopsException("A request is a JSON object.");
        var text = Text(root, "formula");
        List<string> aliases = [.. List(root, "aliases")
            .Select(alias => alias.ValueKind == JsonValueKind.String ? alias.GetString()! : throw Wrong("aliases", "strings"))];
        var reduction = ReductionText.Parse(text, AliasList.Parse(aliases));
        var dtype = Dtype(root);
        return new GenredCall
        {
            Formula = text,
            Aliases = aliases,
            Reduction = reduction.Kind.Name,
            Axis = reduction.Axis,
            OptArg = reduction.K,
            Parsed = reduction,
            Dtype = dtype,
            Args = [.. List(root, "args").Select((arg, k) => Array(arg, k, dtype))],
            Ranges = Field(root, "ranges") is { } ranges ? [.. Items(ranges, "ranges").Select(Integers)] : null,
            BatchDims = BatchDims(root),
            Nx = Integer(Needed(root, "nx"), "nx"),
            Ny = Integer(Needed(root, "ny"), "ny"),
            Options = new CallOptions
            {
                DtypeAcc = Field(root, "dtype_acc") is null ? "auto" : Text(root, "dtype_acc"),
                SumScheme = Field(root, "sum_scheme") is null ? "auto" : Text(root, "sum_scheme"),
            },
        };
    }

    /// <summary>KeOps' front end takes two off the longest shape, which gives −1 where all arguments are parameters: none, too.</summary>
    static int BatchDims(JsonElement root) => Field(root, "nbatchdims") switch
    {
        null => 0,
        { ValueKind: JsonValueKind.Number } batch when batch.TryGetInt32(out var value) && value == -1 => 0,
        { } batch => Integer(batch, "nbatchdims"),
    };

    /// <summary>The answer line of a result.</summary>
    public static string Answer(CaseArray result) => JsonSerializer.Serialize(new
    {
        shape = result.Shape,
        dtype = result.Dtype,
        base64 = Convert.ToBase64String(Encode(result.Data, result.Dtype)),
    });

    /// <summary>The answer line of a request that failed.</summary>
    public static string Refusal(string message) => JsonSerializer.Serialize(new { error = message });

    /// <summary>Values as little-endian bytes of a dtype.</summary>
    public static byte[] Encode(double[] values, string dtype)
    {
        var size = SizeOf(dtype);
        var bytes = new byte[values.Length * size];
        for (var k = 0; k < values.Length; k++)
        {
            var at = bytes.AsSpan(k * size);
            if (size == 2) BinaryPrimitives.WriteHalfLittleEndian(at, (Half)values[k]);
            else if (size == 4) BinaryPrimitives.WriteSingleLittleEndian(at, (float)values[k]);
            else BinaryPrimitives.WriteDoubleLittleEndian(at, values[k]);
        }
        return bytes;
    }

    static CaseArray Array(JsonElement json, int k, string callDtype)
    {
        if (json.ValueKind != JsonValueKind.Object) throw Wrong($"args[{k}]", "an object of shape, dtype and base64");
        var dtype = Field(json, "dtype") is null ? callDtype : Dtype(json);
        int[] shape = [.. List(json, "shape").Select(size => Integer(size, $"args[{k}].shape"))];
        var text = Text(json, "base64");
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) throw Wrong($"args[{k}].base64", "base64 text");
        var size = SizeOf(dtype);
        // In doubles: absurd sizes must not overflow into plausible ones.
        if (shape.Aggregate(1.0, (product, n) => product * n) * size != length)
            throw new KeopsException(
                $"args[{k}] holds {length} bytes, but its shape ({string.Join(", ", shape)}) of {dtype} asks for another number.");
        var values = new double[length / size];
        for (var v = 0; v < values.Length; v++)
        {
            var at = bytes.AsSpan(v * size);
            values[v] = size switch
            {
                2 => (double)BinaryPrimitives.ReadHalfLittleEndian(at),
                4 => BinaryPrimitives.ReadSingleLittleEndian(at),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(at),
            };
        }
        return new CaseArray(shape, values, dtype) { Name = $"args[{k}]" };
    }

    static string Dtype(JsonElement json) => Text(json, "dtype") is "float16" or "float32" or "float64"
        ? Text(json, "dtype")
        : throw Wrong("dtype", "float16, float32 or float64");

    static int SizeOf(string dtype) => dtype switch { "float16" => 2, "float32" => 4, _ => 8 };

    static long[] Integers(JsonElement json) =>
        [.. Items(json, "ranges").Select(value => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var n)
            ? n
            : throw Wrong("ranges", "lists of integers"))];

    static JsonElement? Field(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    static JsonElement Needed(JsonElement json, string name) =>
        Field(json, name) ?? throw new KeopsException($"The field '{name}' is missing.");

    static string Text(JsonElement json, string name) =>
        Needed(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong(name, "a string");

    static JsonElement.ArrayEnumerator List(JsonElement json, string name) => Items(Needed(json, name), name);

    static JsonElement.ArrayEnumerator Items(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : throw Wrong(name, "a list");

    static int Integer(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Number && json.TryGetInt32(out var value) && value >= 0
            ? value
            : throw Wrong(name, $"integers of 0 to {int.MaxValue}");

    static KeopsException Wrong(string field, string expected) => new($"The field '{field}' must hold {expected}.");
}
