using System.Globalization;
using System.Text.Json;

namespace Distributed.Keops.Data;

/// <summary>
/// The place of a result. Everything is written in a staging folder beside it and appears under the final name by one rename:
/// <code>
/// out.parquet    .keops-job/out.parquet           → out.parquet      (replaced atomically; its report out.report.json just before)
/// out/           .keops-job/part-00000.parquet …  → out/             (with the manifest _SUCCESS and the report _report.json inside)
/// </code>
/// Several processes may write parts of one target; one of them commits.
/// </summary>
public sealed class ResultTarget
{
    /// <summary>The manifest that says a folder is complete.</summary>
    public const string Manifest = "_SUCCESS";

    /// <summary>The report within a folder.</summary>
    public const string FolderReport = "_report.json";

    readonly bool _overwrite;

    ResultTarget(string path, bool isFolder, string job, bool overwrite)
    {
        (Path, IsFolder, _overwrite) = (path, isFolder, overwrite);
        StagingFolder = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path) ?? path, $".keops-{job}");
    }

    /// <summary>The final file or folder.</summary>
    public string Path { get; }

    /// <summary>Whether the result is a folder of parts: its path ended with a slash.</summary>
    public bool IsFolder { get; }

    /// <summary>Where a report of how the result was made stands, if there is one.</summary>
    public string ReportPath =>
        IsFolder ? System.IO.Path.Combine(Path, FolderReport) : System.IO.Path.ChangeExtension(Path, ".report.json");

    /// <summary>Where parts are written until the commit.</summary>
    public string StagingFolder { get; }

    /// <summary>Prepares a target: checks that it may be written and creates the staging folder.</summary>
    /// <param name="path"><c>X.parquet</c> for one file, <c>X/</c> for a folder of parts.</param>
    /// <param name="job">Names the staging folder; writers of the same job share it.</param>
    /// <param name="overwrite">Whether a folder that holds files is replaced at commit.</param>
    /// <exception cref="DataException">The parent does not exist or can't be written, or the target stands in the way.</exception>
    public static ResultTarget Create(string path, string job, bool overwrite = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (job.Length == 0 || job.AsSpan().IndexOfAny("/\\") >= 0)
            throw new ArgumentException($"'{job}' can't name a staging folder.", nameof(job));

        var isFolder = path[^1] is '/' or '\\';
        var target = new ResultTarget(
            System.IO.Path.GetFullPath(System.IO.Path.TrimEndingDirectorySeparator(path)), isFolder, job, overwrite);
        target.RequireFree();
        var parent = System.IO.Path.GetDirectoryName(target.StagingFolder)!;
        if (!Directory.Exists(parent))
            throw new DataException($"The folder {parent} does not exist; create it or write elsewhere.", path);
        try
        {
            Directory.CreateDirectory(target.StagingFolder);
            return target;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw DataException.FromIO("write results here", path, fault);
        }
    }

    /// <summary>The staged file for a part; of a target that is one file, part 0 is the file.</summary>
    public string PartPath(int part) => System.IO.Path.Combine(StagingFolder,
        IsFolder ? string.Create(CultureInfo.InvariantCulture, $"part-{part:D5}.parquet") : System.IO.Path.GetFileName(Path));

    /// <summary>Makes the result appear under its final name. Before this nothing stands there.</summary>
    /// <param name="parts">Its files.</param>
    /// <param name="metadata">What the manifest of a folder says besides.</param>
    /// <param name="report">The report that appears with it, or null.</param>
    /// <exception cref="DataException">A part is missing or the target can't be replaced.</exception>
    public void Commit(
        IReadOnlyCollection<ResultPart> parts, IReadOnlyDictionary<string, string> metadata, ReadOnlyMemory<byte>? report = null)
    {
        foreach (var part in parts)
            if (!File.Exists(System.IO.Path.Combine(StagingFolder, part.File)))
                throw new DataException($"The part {part.File} is missing in {StagingFolder}; the result can't be committed.", Path);
        RequireFree();
        try
        {
            if (!IsFolder)
            {
                CommitFile(report);
                return;
            }

            // A try of the same job that was cut off may have left parts of its own.
            foreach (var stale in Directory.EnumerateFiles(StagingFolder).Where(file =>
                parts.All(part => part.File != System.IO.Path.GetFileName(file))).ToArray())
                File.Delete(stale);
            if (report is { } bytes) WriteReport(bytes);
            WriteManifest(parts, metadata);
            ReplaceFolder();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw DataException.FromIO("put the result in place", Path, fault);
        }
    }

    /// <summary>Deletes what was staged. Nothing happens after a commit.</summary>
    public void Discard()
    {
        try
        {
            if (Directory.Exists(StagingFolder))
                Directory.Delete(StagingFolder, recursive: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A leftover staging folder starts with a dot: no reader takes it for a result.
        }
    }

    /// <summary>Two files can't appear at once. The report comes first, so that whoever sees the result finds it.</summary>
    void CommitFile(ReadOnlyMemory<byte>? report)
    {
        if (report is { } bytes) File.Move(WriteReport(bytes), ReportPath, overwrite: true);
        try
        {
            File.Move(PartPath(0), Path, overwrite: true);
        }
        catch when (report is not null)
        {
            File.Delete(ReportPath);
            throw;
        }

        Directory.Delete(StagingFolder, recursive: true);
    }

    string WriteReport(ReadOnlyMemory<byte> bytes)
    {
        var path = System.IO.Path.Combine(StagingFolder, FolderReport);
        using var file = File.Create(path);
        file.Write(bytes.Span);
        file.Flush(flushToDisk: true);
        return path;
    }

    void RequireFree()
    {
        if (!IsFolder && Directory.Exists(Path))
            throw new DataException(
                "A folder stands where the result file should; write elsewhere, or end the path with / for a folder of parts.", Path);
        if (IsFolder && File.Exists(Path))
            throw new DataException(
                "A file stands where the result folder should; write elsewhere, or leave the / out for one file.", Path);
        if (IsFolder && !_overwrite && Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any())
            throw new DataException("The result folder holds files already; write elsewhere, or allow overwriting it.", Path);
    }

    /// <summary>A folder can't be replaced by a rename: the old one steps aside first, and comes back if the new one can't
    /// follow.</summary>
    void ReplaceFolder()
    {
        var old = StagingFolder + "-old";
        var replaces = Directory.Exists(Path);
        if (replaces)
            Directory.Move(Path, old);
        try
        {
            Directory.Move(StagingFolder, Path);
        }
        catch when (replaces)
        {
            Directory.Move(old, Path);
            throw;
        }
        if (replaces)
            Directory.Delete(old, recursive: true);
    }

    void WriteManifest(IReadOnlyCollection<ResultPart> parts, IReadOnlyDictionary<string, string> metadata)
    {
        using var file = File.Create(System.IO.Path.Combine(StagingFolder, Manifest));
        using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("rows", parts.Sum(part => part.Rows));
            json.WriteStartArray("parts");
            foreach (var part in parts)
                JsonSerializer.Serialize(json, part);
            json.WriteEndArray();
            json.WriteStartObject("metadata");
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        file.Flush(flushToDisk: true);
    }
}
