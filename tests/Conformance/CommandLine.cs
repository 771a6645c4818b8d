namespace Distributed.Keops.Conformance;

/// <summary>What the program was asked to do.</summary>
/// <param name="Folder">The folder of golden cases; null to serve requests.</param>
/// <param name="Engine">The engine's name.</param>
/// <param name="Group">The only group wanted, or null for all.</param>
public sealed record CommandLine(string? Folder, string Engine, string? Group)
{
    /// <summary>How to call the program.</summary>
    public static string Usage =>
        $"""
        usage: conformance DIR [--engine NAME] [--group NAME]   run the golden cases of a folder
               conformance serve [--engine NAME]                answer one JSON request a line from standard input
        engines: {string.Join(", ", CaseEngines.All.Keys)}, or host:port of a cluster (default: {CaseEngines.Default})
        """;

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="ArgumentException">They make no sense; the text says why.</exception>
    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var (target, engine, group) = ((string?)null, CaseEngines.Default, (string?)null);
        for (var at = 0; at < args.Count; at++)
        {
            switch (args[at])
            {
                case "--engine": engine = ValueAt(++at); break;
                case "--group": group = ValueAt(++at); break;
                case var option when option.StartsWith('-'): throw new ArgumentException($"Unknown option '{option}'.");
                case var word when target is null: target = word; break;
                case var word: throw new ArgumentException($"Unexpected '{word}'.");
            }
        }
        if (target is null) throw new ArgumentException("Name a folder of golden cases, or 'serve'.");
        if (!CaseEngines.Knows(engine)) throw new ArgumentException($"Unknown engine '{engine}'.");
        if (target == "serve" && group is not null) throw new ArgumentException("serve takes no --group.");
        return new CommandLine(target == "serve" ? null : target, engine, group);

        string ValueAt(int index) => index < args.Count ? args[index] : throw new ArgumentException($"{args[index - 1]} needs a value.");
    }
}
