using Distributed.Keops.Data;

namespace Distributed.Keops.Grains;

/// <summary>
/// What of the file system a silo may touch: what lies in the lake's folders, and what links in them lead to as long as that lies there
/// too. Uploads of clients stand in <c>_uploads</c> of the first folder; tools that read the lake skip names that begin with an underscore.
/// </summary>
/// <remarks>Requests are kept in; whoever may make links in the lake while a job runs is trusted.</remarks>
/// <param name="roots">The lake's folders, at least one.</param>
/// <param name="anywhere">Whether clouds and outputs may also lie elsewhere.</param>
sealed class LakeFolders(IEnumerable<string> roots, bool anywhere)
{
    readonly string[] _roots = [.. roots.Select(r => Path.TrimEndingDirectorySeparator(Path.GetFullPath(r)))];

    // A root may itself be a link, to a mount for instance.
    readonly Lazy<string[]> _realRoots = new(
        () => [.. roots.Select(r => RealPath.Of(Path.TrimEndingDirectorySeparator(Path.GetFullPath(r))))]);

    /// <summary>Where arrays of clients stand.</summary>
    public string Uploads => Path.Combine(_roots[0], "_uploads");

    /// <summary>A cloud with its path as this silo opens it.</summary>
    /// <exception cref="DataException">It, or a file of it, lies outside the lake, or there is none.</exception>
    public CloudSpec Resolve(string spec)
    {
        var parsed = CloudSpec.Parse(spec);
        var place = Place(parsed.Path);
        if (!anywhere)
        {
            // A folder or a pattern may hold links.
            foreach (var file in CloudPath.Find(place)) RequireInside(file, file);
        }

        return new CloudSpec(place, parsed.Columns);
    }

    /// <summary>An output's path; a slash at its end stays.</summary>
    /// <exception cref="DataException">It lies outside the lake.</exception>
    public string ResolveOutput(string path) => path is [.., '/' or '\\'] ? Place(path) + "/" : Place(path);

    string Place(string path)
    {
        // Relative paths mean the lake, or, where any path will do, the process's folder as in every other tool.
        var full = Path.TrimEndingDirectorySeparator(anywhere ? Path.GetFullPath(path) : Path.GetFullPath(path, _roots[0]));
        if (anywhere) return full;
        if (!IsBelow(full, _roots))
            throw new DataException($"The path lies outside the lake: a path below {string.Join(" or ", _roots)} was expected.", path);
        RequireInside(full, path);
        return full;
    }

    void RequireInside(string full, string named)
    {
        if (!IsBelow(RealPath.Of(full), _realRoots.Value)) throw new DataException("A link on this path leads out of the lake.", named);
    }

    static bool IsBelow(string path, string[] folders) =>
        folders.Any(f => path.StartsWith(f + Path.DirectorySeparatorChar, StringComparison.Ordinal));
}
