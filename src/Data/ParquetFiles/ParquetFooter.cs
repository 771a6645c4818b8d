using System.Buffers.Binary;
using Parquet.Meta;

namespace Distributed.Keops.Data;

/// <summary>Looks at a Parquet file's end before and after Parquet.Net does, to say what is wrong with a file that it refuses.</summary>
/// <remarks>A file ends with: … | footer (Thrift compact) | its length, 4 bytes little-endian | PAR1 |</remarks>
internal static class ParquetFooter
{
    const int TrailerBytes = 8;

    /// <exception cref="DataException">The file's end is missing.</exception>
    public static void RequireWhole(SparseStream stream, FileStamp stamp)
    {
        var length = stamp.Length < TrailerBytes + 4 ? -1 : FooterLength(stream);
        if (length < 0)
            throw new DataException($"The Parquet file has no end mark at its {stamp.Length} bytes: it is truncated or still being "
                + "written. Copy or write it again.", stamp.Path);
        if (length > stamp.Length - TrailerBytes - 4)
            throw new DataException(
                $"The Parquet file's footer claims {length} bytes of a file of {stamp.Length}: it is damaged. Write it again.", stamp.Path);
    }

    /// <summary>
    /// Takes the float16 annotation off the schema: Parquet.Net refuses a whole file for one such column, but reads the others once
    /// the column claims to be two plain bytes. Must run before the reader's schema is first asked for.
    /// </summary>
    /// <returns>The places of the float16 columns among the leaves.</returns>
    public static HashSet<int> HideHalves(FileMetaData footer)
    {
        var (halves, leaf) = (new HashSet<int>(), 0);
        foreach (var element in footer.Schema.Where(element => element.Type is not null))
        {
            if (element.LogicalType?.FLOAT16 is not null)
            {
                element.LogicalType = null;
                halves.Add(leaf);
            }
            leaf++;
        }
        return halves;
    }

    /// <summary>An error for a file whose end is there but whose footer or schema can't be read.</summary>
    public static DataException Unreadable(FileStamp stamp, Exception fault) => fault is NotSupportedException or NotImplementedException
        ? new DataException($"The Parquet file's schema can't be read: {fault.Message.TrimEnd('.')}. Write the file without that type.",
            stamp.Path, fault)
        : new DataException($"The Parquet file's footer can't be read ({fault.Message.TrimEnd('.')}): it is damaged. Write it again.",
            stamp.Path, fault);

    static int FooterLength(SparseStream stream)
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        stream.Position = stream.Length - TrailerBytes;
        stream.ReadExactly(trailer);
        return trailer[4..].SequenceEqual("PAR1"u8) ? BinaryPrimitives.ReadInt32LittleEndian(trailer) : -1;
    }
}
