using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;

namespace Distributed.Keops.Contracts;

/// <summary>
/// What a request asks for, as 32 hexadecimal digits: equal for equal requests, whoever wrote them. Serialized bytes would not do: they
/// also tell which texts are one object in memory.
/// </summary>
public static class RequestFingerprint
{
    /// <summary>The fingerprint.</summary>
    public static string Of(ReductionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var bytes = new MemoryStream();
        using (var to = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true)) Write(to, request);
        return Convert.ToHexStringLower(XxHash128.Hash(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }

    static void Write(BinaryWriter to, ReductionRequest request)
    {
        foreach (var text in (string[])[request.Reduction, request.Type, request.DtypeAcc, request.SumScheme, request.Backend])
            to.Write(text);
        to.Write(request.DeviceId);
        to.Write(request.SkipNulls);
        Write(to, request.BatchShape, to.Write);
        Write(to, request.Variables, variable =>
        {
            foreach (var number in (int[])[variable.Index, variable.Dim, variable.Category]) to.Write(number);
            to.Write(variable.Name ?? "");
            Write(to, variable.Source);
        });
        Write(to, request.Ranges);
        to.Write(request.Output is not null);
        if (request.Output is not { } output) return;
        to.Write(output.Path);
        Write(to, output.Keep, to.Write);
    }

    static void Write(BinaryWriter to, VariableSource source)
    {
        to.Write(source.GetType().Name);
        switch (source)
        {
            case CloudSource cloud:
                to.Write(cloud.Spec);
                break;
            case UploadSource upload:
                Write(to, upload.Batches, rows =>
                {
                    to.Write(rows.Name);
                    to.Write(rows.Rows);
                    to.Write(rows.Dim);
                    to.Write(rows.Type);
                });
                break;
            case ParameterSource parameter:
                Write(to, parameter.Batches, block => Write(to, block));
                break;
            default:
                throw new ArgumentException($"{source.GetType().Name} is no source that a request can have.", nameof(source));
        }
    }

    static void Write(BinaryWriter to, RequestRanges? ranges)
    {
        to.Write(ranges is not null);
        if (ranges is null) return;
        Write(to, ranges.Lengths, to.Write);
        to.Write(ranges.Upload ?? "");
        if (ranges.Inline is { } inline) Write(to, inline);
    }

    static void Write(BinaryWriter to, NumericBlock block)
    {
        to.Write(block.Bytes.Length);
        to.Write(block.Bytes.Span);
    }

    static void Write<T>(BinaryWriter to, ImmutableArray<T> items, Action<T> write)
    {
        to.Write(items.Length);
        foreach (var item in items) write(item);
    }
}
