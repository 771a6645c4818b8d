using System.Diagnostics;
using System.Globalization;
using System.Text;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Formulas;

/// <summary>
/// Text made by a grammar with mistakes, and valid text whose bytes were changed: it is read, or refused with a position inside it, soon.
/// </summary>
public class ParserRobustnessTests
{
    const int Ordinary = 60_000, Many = 3_000_000;

    static readonly string[] Names = [.. Operations.All.Select(f => f.Name), .. ReductionKind.All.Keys.Select(k => k + "_Reduction"), "Vi",
        "Vj", "Pm", "Nope"];

    static readonly string[] Words =
    [
        "x", "y", "p", "s", "m", "0", "1", "2", "3", "-1", "7", "2147483647", "2147483648", "99999999999999999999", "2.5", "1e400", "1e-3",
        "[]", "[2,3]", "(2,3)", "(1,)", "[x]",
        "Var(0,3,0)", "Var(9,1048576,1)", "Var(-2147483648,3,2)", "Var(2147483647,3,0)", "Var(5,0,0)", "Var(0,-0-1,3)", "IntCst(-5)", "é",
        "\0", "\ud800", "𝒳", "٣", "=", "\n",
    ];

    static readonly string[] Symbols = ["+", "-", "*", "/", "**", "|", "<", "<=", ">", ">=", "==", "!=", "//", ",", " ", "", "("];

    static readonly string[] Valid =
    [
        .. DerivativesTests.Smooth.Select(row => row.Data), .. FrontEndFormsTests.Forms.Select(row => row.Data.Item1),
        "Sum_Reduction(Exp(-SqDist(x,y)*p)*s,0)", "KMin_ArgKMin_Reduction(SqDist(x,y),4,1)", "LogSumExp_Reduction(x|y,0,s)", "x = Vi(3)",
        "y=Vj(1,2)", "Pm(2)", "Var(3,5,0)",
    ];

    [Fact]
    public void Text_of_a_grammar() => Try(Ordinary, seed: 1, r => Write(r, 0));

    [Fact]
    public void Valid_text_with_other_bytes() => Try(Ordinary, seed: 2, Mutate);

    [Fact(Explicit = true)]
    [Trait("Duration", "minutes")]
    public void Text_of_a_grammar_at_length() => Try(Many, seed: 3, r => Write(r, 0));

    [Fact(Explicit = true)]
    [Trait("Duration", "minutes")]
    public void Valid_text_with_other_bytes_at_length() => Try(Many, seed: 4, Mutate);

    static void Try(int count, int seed, Func<Random, string> write)
    {
        var random = new Random(seed);
        var (read, watch) = (0, new Stopwatch());
        for (var n = 0; n < count; n++)
        {
            var text = write(random);
            watch.Restart();
            try
            {
                // One string in each of the three places where a user writes one.
                if (IsRead(text, () => FormulaParser.Parse(text, Formulary.Aliases))) read++;
                IsRead(text, () => ReductionText.Parse(text, Formulary.Aliases));
                IsRead(text, () => AliasList.Parse(text));
            }
            catch (Exception error) when (error is not FormulaException)
            {
                Assert.Fail($"Seed {seed}, string {n}: {error.GetType().Name} of {Escaped(text)}\n{error}");
            }

            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"Seed {seed}, string {n} took {watch.Elapsed}: {Escaped(text)}");
        }

        // Otherwise the strings would try the tokenizer alone.
        Assert.True(read > count / 100, $"Only {read} of {count} strings are formulas.");
    }

    static bool IsRead(string text, Func<object> read)
    {
        try
        {
            read();
            return true;
        }
        catch (FormulaException error)
        {
            if (error.Position < 0
                || error.Position > text.Length) Assert.Fail($"Position {error.Position} of {Escaped(text)}: {error.Message}");
            return false;
        }
    }

    static string Write(Random r, int depth)
    {
        if (depth > 5 || r.Next(4) == 0) return Words[r.Next(3) == 0 ? r.Next(Words.Length) : r.Next(6)];
        if (r.Next(200) == 0) return new string("(-["[r.Next(3)], r.Next(3000)) + Write(r, depth + 1);
        return r.Next(5) switch
        {
            0 => $"({Write(r, depth + 1)})",
            1 => $"-{Write(r, depth + 1)}",
            2 => $"{Write(r, depth + 1)}{Symbols[r.Next(3) == 0 ? r.Next(Symbols.Length) : r.Next(5)]}{Write(r, depth + 1)}",
            _ => Call(r, depth),
        };
    }

    /// <summary>Mostly with as many arguments as the name takes.</summary>
    static string Call(Random r, int depth)
    {
        var name = Names[r.Next(Names.Length)];
        var function = Operations.Find(name);
        IEnumerable<string> arguments = function is null || r.Next(20) == 0
            ? Enumerable.Range(0, r.Next(5)).Select(_ => Write(r, depth + 1))
            : Enumerable.Range(0, r.Next(function.LeastFormulas, function.MostFormulas + 1)).Select(_ => Write(r, depth + 1))
                .Concat(function.Parameters.Select(p => r.Next(20) == 0 ? Write(r, depth + 1)
                    : p.EndsWith("[]", StringComparison.Ordinal) ? List(r) : Number(r)));
        return $"{name}({string.Join(r.Next(30) == 0 ? ", " : ",", arguments)}{(r.Next(50) == 0 ? "" : ")")}";
    }

    static string List(Random r) => $"[{string.Join(',', Enumerable.Range(0, r.Next(4)).Select(_ => Number(r)))}]";

    static string Number(Random r) => (r.Next(10) == 0 ? r.Next(int.MinValue, int.MaxValue) : r.Next(-1,
        5)).ToString(CultureInfo.InvariantCulture);

    static string Mutate(Random r)
    {
        var bytes = Encoding.UTF8.GetBytes(Valid[r.Next(Valid.Length)]).ToList();
        for (var n = r.Next(1, 5); n > 0 && bytes.Count > 0; n--)
        {
            var at = r.Next(bytes.Count);
            switch (r.Next(6))
            {
                case 0:
                    bytes[at] = (byte)r.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)"()[],-*/|<>=0123456789xypsm"[r.Next(27)]);
                    break;
                case 3:
                    bytes[at] = bytes[r.Next(bytes.Count)];
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, r.Next(20))));
                    break;
                default:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, r.Next(6)));
                    break;
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    static string Escaped(string text) => string.Concat(text.Take(300).Select(c => c is >= ' ' and < (char)127 ? $"{c}"
        : $"\\u{(int)c:x4}"));
}
