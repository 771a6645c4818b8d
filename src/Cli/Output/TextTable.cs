namespace Distributed.Keops.Cli.Output;

/// <summary>Aligned columns: the first ones left, the others right, as numbers are.</summary>
static class TextTable
{
    /// <summary>Writes a table.</summary>
    /// <param name="output">Where.</param>
    /// <param name="rows">Rows of equally many cells; the first is the heading.</param>
    /// <param name="left">How many columns hold words.</param>
    /// <param name="indent">Blanks before each line.</param>
    public static void Write(TextWriter output, IReadOnlyList<IReadOnlyList<string>> rows, int left = 1, int indent = 0)
    {
        var widths = Enumerable.Range(0, rows[0].Count).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
            output.WriteLine((new string(' ', indent) + string.Join("  ", row.Select((cell, c) =>
                c < left ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c])))).TrimEnd());
    }
}
