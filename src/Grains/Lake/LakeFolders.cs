using Distributed.Keops.Data;

namespace Distributed.Keops.Grains;

/// <summary>
/// What of the file system a silo may touch. Uploads of clients stand in <c>_uploads</c> of the first folder; tools that read the lake skip
/// names that begin with an underscore.
/// </summary>
/// <param name="roots">The lake's folders, at least one.</param>
/// <param name="anywhere">Whether clouds and outputs may also lie elsewhere.</param>
sealed class LakeFolders(IEnumerable<string> roots, bool anywhere)
{
    readonly string[] _roots = [.. roots.Select(r => Path.TrimEndingDirectorySeparator(Path.GetFullPath(r)))];

    /// <summary>Where arrays of clients stand.</summary>
    public string Uploads => Path.Combine(_roots[0], "_uploads");

    /// <summary>A cloud with its path as this silo opens it.</summary>
    /// <exception cref="DataException">It lies outside the lake.</exception>
    public CloudSpec Resolve(string spec)
    {
        var parsed = CloudSpec.Parse(spec);
        return new CloudSpec(Place(parsed.Path), parsed.Columns);
    }

    /// <summary>An output's path; a slash at its end stays.</summary>
    /// <exception cref="DataException">It lies outside the lake.</exception>
    public string ResolveOutput(string path) => path is [.., '/' or '\\'] ? Place(path) + "/" : Place(path);

    string Place(string path)
    {
        // Relative paths mean the lake, or, where any path will do, the process's folder as in every other tool.
        var full = Path.TrimEndingDirectorySeparator(anywhere ? Path.GetFullPath(path) : Path.GetFullPath(path, _roots[0]));
        if (anywhere || _roots.Any(root => full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))) return full;
        throw new DataException($"The path lies outside the lake: a path below {string.Join(" or ", _roots)} was expected.", path);
    }
}
