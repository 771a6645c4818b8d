namespace Distributed.Keops.Kernels.Formulas;

/// <summary>The name that was probably meant.</summary>
public static class NearestName
{
    /// <summary>Words for the end of an error message: the nearest known name, or nothing when none is near.</summary>
    public static string Suggest(string name, IEnumerable<string> known)
    {
        if (name.Length > 40) return "";
        var best = known.Select(k => (Name: k, Distance: Distance(name.ToUpperInvariant(), k.ToUpperInvariant())))
            .OrderBy(k => k.Distance).ThenBy(k => k.Name, StringComparer.Ordinal).FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(1, name.Length / 3) ? $" Did you mean '{best.Name}'?" : "";
    }

    /// <summary>How many letters must be put in, left out or changed (Levenshtein).</summary>
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
