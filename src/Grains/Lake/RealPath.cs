using Distributed.Keops.Data;

namespace Distributed.Keops.Grains;

/// <summary>
/// Where a path leads when every link on it is followed, as the operating system would: folder by folder, whether its end exists or not.
/// </summary>
static class RealPath
{
    // As many as Linux follows before it gives up.
    const int MaxLinks = 40;

    /// <summary>Follows the links of a full path.</summary>
    /// <exception cref="DataException">The links go round in a circle.</exception>
    public static string Of(string full)
    {
        var current = Path.GetPathRoot(full)!;
        var rest = new Stack<string>(Parts(full[current.Length..]));
        for (var links = 0; rest.TryPop(out var part);)
        {
            if (part == ".") continue;
            if (part == "..")
            {
                // Of what the links before it led to, not of how they were written.
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            var next = Path.Combine(current, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > MaxLinks) throw new DataException($"More than {MaxLinks} links stand on the way to it, as in a circle.", full);
            if (Path.GetPathRoot(target) is { Length: > 0 } root) (current, target) = (root, target[root.Length..]);
            foreach (var linked in Parts(target)) rest.Push(linked);
        }

        return current;
    }

    /// <summary>Last first, as a stack takes them.</summary>
    static IEnumerable<string> Parts(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Reverse();
}
