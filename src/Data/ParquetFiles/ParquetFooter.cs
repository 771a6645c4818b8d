using System.Buffers.Binary;

namespace Distributed.Keops.Data;

/// <summary>Looks at a Parquet file's last bytes by itself, to say what is wrong with a file that Parquet.Net refuses.</summary>
/// <remarks>A file ends with: … | footer (Thrift compact) | its length, 4 bytes little-endian | PAR1 |</remarks>
internal static class ParquetFooter
{
    const int TrailerBytes = 8;

    /// <exception cref="DataException">The file's end is missing.</exception>
    public static void RequireWhole(SparseStream stream, FileStamp stamp)
    {
        var length = stamp.Length < TrailerBytes + 4 ? -1 : FooterLength(stream);
        if (length < 0)
            throw new DataException($"The Parquet file has no end mark at its {stamp.Length} bytes: it is truncated or still being written. Copy or write it again.", stamp.Path);
        if (length > stamp.Length - TrailerBytes - 4)
            throw new DataException($"The Parquet file's footer claims {length} bytes of a file of {stamp.Length}: it is damaged. Write it again.", stamp.Path);
    }

    /// <summary>The reason why a file whose end is there can't be opened, as far as its schema tells.</summary>
    public static DataException Explain(SparseStream stream, FileStamp stamp, Exception fault)
    {
        try
        {
            var length = FooterLength(stream);
            var footer = new byte[length];
            stream.Position = stamp.Length - TrailerBytes - length;
            stream.ReadExactly(footer);
            if (ParquetSchemaScan.FindHalf(footer) is { } column)
                return new DataException(
                    "The file holds a float16 column, which keeps the Parquet reader from opening any of its columns; write it as float32 or leave it out.", stamp.Path, fault) { Column = column };
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            return new DataException("The Parquet file's footer can't be read: it is damaged. Write it again.", stamp.Path, fault);
        }
        return new DataException($"The Parquet file's schema can't be read: {fault.Message.TrimEnd('.')}. Write the file without that type.", stamp.Path, fault);
    }

    static int FooterLength(SparseStream stream)
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        stream.Position = stream.Length - TrailerBytes;
        stream.ReadExactly(trailer);
        return trailer[4..].SequenceEqual("PAR1"u8) ? BinaryPrimitives.ReadInt32LittleEndian(trailer) : -1;
    }
}
