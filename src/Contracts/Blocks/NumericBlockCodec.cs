using System.Buffers;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Distributed.Keops.Contracts;

/// <summary>
/// Writes a block as one length-prefixed span. The framework's own codecs write arrays of numbers one by one, at a fifth of the speed.
/// <code>length of what follows (varint) | kind (1 byte) | values</code>
/// </summary>
[RegisterSerializer]
public sealed class NumericBlockCodec : IFieldCodec<NumericBlock>
{
    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, NumericBlock value)
        where TBufferWriter : IBufferWriter<byte>
    {
        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType!, typeof(NumericBlock), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)value.Bytes.Length + 1);
        writer.WriteByte((byte)value.Kind);
        writer.Write(value.Bytes.Span);
    }

    /// <inheritdoc/>
    public NumericBlock ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        ReferenceCodec.MarkValueField(reader.Session);
        var length = reader.ReadVarUInt32();
        if (length is 0 or > NumericBlock.MaxBytes + 1)
            throw new InvalidOperationException($"A numeric block of {length} bytes: at most {NumericBlock.MaxBytes + 1} were expected.");
        var kind = (NumericKind)reader.ReadByte();
        var bytes = GC.AllocateUninitializedArray<byte>((int)length - 1);
        reader.ReadBytes(bytes);
        return new NumericBlock(kind, bytes);
    }
}

/// <summary>Blocks are never changed: a copy is the block itself.</summary>
[RegisterCopier]
public sealed class NumericBlockCopier : IDeepCopier<NumericBlock>
{
    /// <inheritdoc/>
    public NumericBlock DeepCopy(NumericBlock input, CopyContext context) => input;
}
