using Distributed.Keops.Client;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Cli.Output;

/// <summary>What a finished reduction says: where the result is or its first rows, and how fast it came.</summary>
sealed class ReductionReport(ReductionCall call, ReductionResult result)
{
    /// <summary>Rows that are shown when the result was not written to a file.</summary>
    public const int HeadRows = 10;

    // A table wider than a screen helps nobody.
    const int WidestTable = 12;

    double PairsPerSecond => result.Pairs / Math.Max(1e-9, result.Elapsed.TotalSeconds);

    /// <summary>The result's columns, as its file names them; kept ones behind.</summary>
    IEnumerable<string> Columns => Names().Concat(call.Output?.Keep ?? []);

    /// <summary>One document with everything a script may ask for.</summary>
    public void WriteJson(TextWriter output) => output.WriteLine(Json.Line(new
    {
        Rows = result.Rows,
        Pairs = result.Pairs,
        Seconds = result.Elapsed.TotalSeconds,
        PairsPerSecond,
        Plan = result.PlanHash,
        Output = result.OutputPath,
        Columns = Columns.ToArray(),
        Head = result.OutputPath is null ? Head().ToArray() : null,
    }));

    /// <summary>The first rows on one side, the closing line on the other.</summary>
    public void WriteText(CommandConsole console)
    {
        if (result.OutputPath is null)
        {
            var rows = Head().Select((row, r) => (string[])[Figures.Count(r), .. row.Select(Figures.Value)]);
            string[][] table = [["row", .. Names()], .. rows];
            TextTable.Write(console.Out, [.. table.Select(row => row.Length <= WidestTable ? row : [.. row[..WidestTable], "…"])], left: 0);
            if (result.Rows > HeadRows)
                console.Error.WriteLine(
                    $"note: the first {HeadRows} of {Figures.Count(result.Rows)} rows; --out FILE.parquet keeps them all");
        }

        console.Error.WriteLine($"done: {Figures.Count(result.Rows)} rows from {Figures.Short(result.Pairs)} pairs "
            + $"in {Figures.Seconds(result.Elapsed.TotalSeconds)}, {Figures.Short(PairsPerSecond)} "
            + $"pairs/s{(result.OutputPath is { } path ? $", written to {path}" : "")}");
    }

    // In memory there are no list columns: every component has its name.
    IEnumerable<string> Names() => call.Reduction.CreateMonoid(call.Type).Outputs
        .SelectMany(output => ResultColumns.For(output.Name, output.Dim, output.Rank == 0 ? null : output.Rank))
        .SelectMany(column => call.Output is null && column.Width > 1
            ? Enumerable.Range(0, column.Width).Select(d => $"{column.Name}_{d}")
            : [column.Name]);

    IEnumerable<object?[]> Head()
    {
        var rows = (int)Math.Min(HeadRows, result.Rows);
        return Enumerable.Range(0, rows).Select(row => result.Arrays.SelectMany(array => Row(array, row)).ToArray());
    }

    IEnumerable<object?> Row(ResultArray array, int row)
    {
        var width = (int)(array.Bytes.Length / (array.Type?.Size() ?? sizeof(long)) / Math.Max(1, result.Rows));
        return Enumerable.Range(row * width, width).Select(at => array.IsNull(row) ? null : array.Type switch
        {
            ElementType.Float16 => (object)(float)array.Halfs[at],
            ElementType.Float32 => array.Singles[at],
            ElementType.Float64 => array.Doubles[at],
            _ => array.Indices[at],
        });
    }
}
