namespace Distributed.Keops.Cli.Output;

/// <summary>An <see cref="Explanation"/> for people, in the order in which a formula becomes work.</summary>
static class ExplanationText
{
    /// <summary>Writes it.</summary>
    public static void Write(Explanation explained, TextWriter output)
    {
        Section("reduction", $"{explained.Reduction}\n{explained.Type}");
        Section("formula (dimension in brackets)", explained.Formula);
        Section("weight", explained.Weight);
        output.WriteLine("variables");
        TextTable.Write(output,
        [
            ["#", "name", "category", "dim", "rows", "source"],
            .. explained.Variables.Select(v => (string[])
            [
                Figures.Count(v.Index), v.Name, v.Category, Figures.Count(v.Dim), v.Rows is { } rows ? Figures.Count(rows) : "", v.Source,
            ]),
        ], left: 6, indent: 2);
        output.WriteLine();

        Section("once a call (parameter)", explained.Program.Parameters);
        Section("once an output row (i)", explained.Program.I);
        Section("once a reduced row (j)", explained.Program.J);
        Section("every pair (ij); values of slower rates are read from their stage", explained.Program.Pairs);
        Section("state of an output row", string.Join('\n', explained.State.Select(p =>
            $"{p.Name} [{p.Length}] {p.Type}, empty: {Figures.Value(p.Identity)}")));
        Section("result", string.Join('\n', explained.Outputs));
        Section("schedule", $"{explained.Engine}: {explained.Schedule}");
        var plan = explained.Plan;
        Section("plan " + plan.Hash, $"""
            {Figures.Count(plan.Rows)} output rows × {Figures.Count(plan.Columns)} reduced rows, {Figures.Short(plan.Pairs)} pairs
            {Plural(plan.Blocks, "i-block")} of {Figures.Count(plan.BlockRows)} rows
            {Plural(plan.Leaves, "leaf", "leaves")} of {Figures.Count(plan.LeafRows)} rows to each
            {Plural(plan.Tasks, "task")} on this machine ({Plural(Environment.ProcessorCount, "thread")})
            {Figures.Short(plan.OutputBytes)}B read of the output side, {Figures.Short(plan.ReducedBytes)}B of the reduced side by each task
            """);

        void Section(string title, string? text)
        {
            if (text is null) return;
            output.WriteLine(title);
            foreach (var line in text.TrimEnd('\n').Split('\n')) output.WriteLine($"  {line}");
            output.WriteLine();
        }
    }

    static string Plural(long count, string one, string? many = null) => $"{Figures.Count(count)} {(count == 1 ? one : many ?? one + "s")}";
}
