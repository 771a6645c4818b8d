using System.Globalization;
using System.Text.RegularExpressions;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>A whole reduction string as KeOps' core takes it: <c>Name_Reduction(F[,K],tag[,G])</c>, taken apart but not understood.</summary>
/// <param name="Name">The reduction: <c>Sum</c>, <c>KMin</c> …</param>
/// <param name="Formula">F.</param>
/// <param name="OptArg">K, for the K-min reductions.</param>
/// <param name="Axis">1 − tag.</param>
/// <param name="Formula2">G, where there is one.</param>
public sealed partial record ReductionText(string Name, string Formula, int? OptArg, int Axis, string? Formula2)
{
    /// <summary>Takes a string apart.</summary>
    /// <exception cref="KeopsException">It is no reduction, or its parts do not fit the name.</exception>
    public static ReductionText Parse(string text)
    {
        var match = Outer().Match(text);
        if (!match.Success) throw new KeopsException("The formula is not of the form Name_Reduction(F,tag).");
        var name = match.Groups[1].Value;
        var parts = Split(match.Groups[2].Value);
        var hasK = name.Contains("KMin", StringComparison.Ordinal);
        var least = hasK ? 3 : 2;
        if (parts.Count != least && parts.Count != least + 1)
            throw new KeopsException($"{name}_Reduction has {parts.Count} parts, expected {(hasK ? "F,K,tag" : "F,tag")} and perhaps a second formula.");
        int? k = hasK ? Integer(parts[1], "K") : null;
        var tag = Integer(parts[least - 1], "tag");
        if (tag is not (0 or 1)) throw new KeopsException($"The tag is {tag}, expected 0 (output indexed by i) or 1 (by j).");
        return new ReductionText(name, parts[0], k, 1 - tag, parts.Count > least ? parts[^1] : null);
    }

    // Cuts at the commas that stand in no bracket.
    static List<string> Split(string inner)
    {
        var (parts, depth, from) = (new List<string>(), 0, 0);
        for (var at = 0; at < inner.Length; at++)
        {
            if (inner[at] is '(' or '[') depth++;
            else if (inner[at] is ')' or ']' && --depth < 0) throw new KeopsException($"Unbalanced '{inner[at]}' in the formula.");
            else if (inner[at] == ',' && depth == 0)
            {
                parts.Add(inner[from..at].Trim());
                from = at + 1;
            }
        }
        if (depth > 0) throw new KeopsException("A bracket of the formula is not closed.");
        parts.Add(inner[from..].Trim());
        return parts;
    }

    static int Integer(string text, string what) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new KeopsException($"The {what} is '{(text.Length > 40 ? text[..40] + "…" : text)}', expected an integer.");

    [GeneratedRegex(@"\A\s*([A-Za-z][A-Za-z0-9_]*)_Reduction\s*\((.*)\)\s*\z", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Outer();
}
