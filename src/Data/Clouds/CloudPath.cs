using System.Text;
using System.Text.RegularExpressions;

namespace Distributed.Keops.Data;

/// <summary>Finds the files that a path, directory or pattern means, in ordinal order, so that the rows' order never depends on the file
/// system.</summary>
public static class CloudPath
{
    static readonly string[] Extensions = [".parquet", ".arrow", ".feather"];

    /// <summary>The files, as full paths.</summary>
    /// <exception cref="DataException">There is none, or they can't be listed.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        try
        {
            // A file whose name holds pattern characters is meant literally.
            if (File.Exists(path))
                return [Path.GetFullPath(path)];
            if (Directory.Exists(path))
                return Require(path, "No .parquet, .arrow or .feather file lies in this directory.",
                    Walk(Path.GetFullPath(path)).Where(file => Extensions.Contains(Path.GetExtension(file),
                        StringComparer.OrdinalIgnoreCase)));
            if (path.AsSpan().IndexOfAny("*?[") < 0)
                throw new DataException("There is no such file or directory.", path);

            // Everything up to the segment with the first pattern character is a directory to walk.
            var full = Path.GetFullPath(path).Replace('\\', '/');
            var root = full[..(full.LastIndexOf('/', full.AsSpan().IndexOfAny("*?[")) + 1)];
            var pattern = Pattern(full);
            return Require(path, "No file matches this pattern.",
                Directory.Exists(root) ? Walk(root).Where(file => pattern.IsMatch(file.Replace('\\', '/'))) : []);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw DataException.FromIO("list the files", path, fault);
        }
    }

    static string[] Require(string path, string absent, IEnumerable<string> files)
    {
        string[] found = [.. files.Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new DataException(absent, path);
    }

    /// <summary>All files below a directory; names that start with _ or . are other tools' manifests and unfinished outputs.</summary>
    static IEnumerable<string> Walk(string directory)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(directory))
        {
            if (Path.GetFileName(entry) is ['_' or '.', ..])
                continue;
            if (!Directory.Exists(entry))
                yield return entry;
            else
                foreach (var below in Walk(entry))
                    yield return below;
        }
    }

    /// <summary><c>**</c> crosses directories, <c>*</c> and <c>?</c> do not, <c>[a-c]</c> and <c>[!a]</c> are one character.</summary>
    static Regex Pattern(string glob)
    {
        var regex = new StringBuilder("^");
        for (var at = 0; at < glob.Length; at++)
        {
            var end = glob[at] == '[' ? glob.IndexOf(']', Math.Min(at + 2, glob.Length)) : -1;
            if (glob.AsSpan(at).StartsWith("**/"))
                (at, _) = (at + 2, regex.Append("(?:.*/)?"));
            else if (glob.AsSpan(at).StartsWith("**"))
                (at, _) = (at + 1, regex.Append(".*"));
            else if (glob[at] is '*' or '?')
                regex.Append(glob[at] == '*' ? "[^/]*" : "[^/]");
            else if (end > 0)
            {
                var set = glob[(at + 1)..end].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
                regex.Append('[').Append(set[0] is '!' or '^' ? "^/" + set[1..] : set).Append(']');
                at = end;
            }
            else
                regex.Append(Regex.Escape(glob[at].ToString()));
        }
        return new Regex(regex.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}
