using System.Globalization;
using System.Text;

namespace Distributed.Keops.Kernels.Programs;

/// <summary>Programs as text: one line a value, with its length and rate. Equal programs have equal texts.</summary>
public static class ProgramPrinter
{
    /// <summary>Prints every value and the outputs; values are numbered in order, from %0.</summary>
    public static string Print(Program program)
    {
        var numbers = new Dictionary<Value, int>();
        foreach (var value in program.Values) numbers.Add(value, numbers.Count);
        var lines = program.Values.Select(v => (Text: $"%{numbers[v]} = {Body(v, o => "%" + numbers[o])}", Value: v)).ToList();
        var width = lines.Count == 0 ? 0 : Math.Min(60, lines.Max(l => l.Text.Length));
        var text = new StringBuilder();
        foreach (var (line, value) in lines)
            text.Append(line.PadRight(width)).Append("  ").Append(CultureInfo.InvariantCulture, $"[{value.Length}]").Append(' ')
                .Append(Name(value.Rate)).Append(value.Type == ComponentType.Element ? "" : " " + value.Type.ToString().ToLowerInvariant())
                .Append('\n');
        text.Append("return ").AppendJoin(", ", program.Outputs.Select(o => "%" + numbers[o])).Append('\n');
        return text.ToString();
    }

    internal static string Describe(Value value) => $"%{value.Id} = {Body(value, o => "%" + o.Id)} [{value.Length}] {Name(value.Rate)}";

    static string Body(Value value, Func<Value, string> name) => value.Op switch
    {
        OpCode.Constant => value.Number.ToString("R", CultureInfo.InvariantCulture),
        OpCode.Input => $"{value.Input.Kind.ToString().ToLowerInvariant()} {value.Input.Slot}"
            + (value.Input.Copy == 0 ? "" : $" copy {value.Input.Copy}"),
        OpCode.Extract => $"extract {name(value.Operands[0])} from {value.Start}",
        OpCode.Gather => $"gather {name(value.Operands[0])} at {string.Join(',', value.Map)}",
        _ => string.Join(' ', value.Operands.Select(name).Prepend(value.Op.ToString().ToLowerInvariant())),
    };

    static string Name(Rate rate) => rate.ToString().ToLowerInvariant();
}
