using System.Globalization;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Data;

/// <summary>
/// A cloud can't be read or a result can't be written. The message says what was found and what to do; the properties say
/// where, and the message ends with them.
/// </summary>
public class DataException : KeopsException
{
    readonly string _problem;

    /// <summary>Creates the error.</summary>
    /// <param name="problem">What was found, what was expected, what to change; ends with a full stop.</param>
    /// <param name="path">The file, folder or pattern concerned.</param>
    /// <param name="innerException">The cause, where another library found the fault.</param>
    public DataException(string problem, string? path = null, Exception? innerException = null) : base(problem, innerException) =>
        (_problem, Path) = (problem, path);

    /// <summary>The file, folder or pattern concerned.</summary>
    public string? Path { get; }

    /// <summary>The column concerned.</summary>
    public string? Column { get; init; }

    /// <summary>The row group (Parquet) or record batch (Arrow) of the file, from 0.</summary>
    public int? RowGroup { get; init; }

    /// <summary>The row of the whole cloud, from 0.</summary>
    public long? Row { get; init; }

    /// <summary>The row of the file, from 0.</summary>
    public long? FileRow { get; init; }

    /// <summary>True for input/output faults that may pass, such as a network file system that did not answer.</summary>
    public override bool IsTransient => Transient;

    /// <inheritdoc />
    public override string Message
    {
        get
        {
            var where = new List<string>();
            if (Path is not null) where.Add($"file {Path}");
            if (Column is not null) where.Add($"column '{Column}'");
            if (RowGroup is not null) where.Add(string.Create(CultureInfo.InvariantCulture, $"row group {RowGroup}"));
            if (Row is not null) where.Add(string.Create(CultureInfo.InvariantCulture, $"row {Row}"));
            if (FileRow is not null && FileRow != Row) where.Add(string.Create(CultureInfo.InvariantCulture, $"row {FileRow} of the file"));
            return where.Count == 0 ? _problem : $"{_problem} ({string.Join(", ", where)})";
        }
    }

    /// <summary>The message without the place.</summary>
    internal string Problem => _problem;

    bool Transient { get; init; }

    /// <summary>Says for a fault of the file system whether it may pass, and what to do about the usual ones.</summary>
    internal static DataException FromIO(string doing, string path, Exception fault)
    {
        const int diskFull = 28, windowsDiskFull = unchecked((int)0x80070070), quota = 122, readOnly = 30;
        var (problem, transient) = fault switch
        {
            DataException known => (known._problem, known.IsTransient),
            FileNotFoundException or DirectoryNotFoundException => ($"Can't {doing}: it does not exist.", false),
            UnauthorizedAccessException => ($"Can't {doing}: access is denied; check the permissions of the path.", false),
            IOException { HResult: diskFull or windowsDiskFull or quota } =>
                ($"Can't {doing}: the disk is full; free some space or write elsewhere.", false),
            IOException { HResult: readOnly } => ($"Can't {doing}: the file system is read-only.", false),
            IOException => ($"Can't {doing}: {fault.Message.TrimEnd('.')}.", true),
            _ => ($"Can't {doing}: {fault.Message.TrimEnd('.')}.", false),
        };
        return new DataException(problem, path, fault) { Transient = transient };
    }
}
