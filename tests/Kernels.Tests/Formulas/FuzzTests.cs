using CsCheck;
using Distributed.Keops.Kernels.Formulas;
using Xunit;
using static Distributed.Keops.Kernels.Tests.Formulas.Formulary;

namespace Distributed.Keops.Kernels.Tests.Formulas;

/// <summary>
/// Text that nobody would write: it is read or refused by a <see cref="FormulaException"/> with a position, nothing else.
/// </summary>
public class FuzzTests
{
    static readonly string[] Words =
    [
        "x", "y", "p", "s", "m", "0", "1", "2", "7", "-", "+", "*", "/", "**", "|", "<", ">=", "(", ")", "[", "]", ",", " ", "Exp(",
        "Grad(", "Var(", "IntCst(",
        "Elem(", "2.5", "==", "Sum_Reduction(", "2147483647", "é", "$",
    ];

    static readonly string[] Formulas = ["x", "y", "p", "s", "m", "x*y", "(x|y)", "Zero(3)", "-m", "Var(9,2,1)", "Var(8,9,2)"];

    static readonly Gen<string> Argument = Gen.Frequency(
        (4, Gen.Int[0, Formulas.Length - 1].Select(k => Formulas[k])),
        (2, Gen.Int[-3, 9].Select(k => k.ToString(System.Globalization.CultureInfo.InvariantCulture))),
        (1, Gen.Int.Select(k => k.ToString(System.Globalization.CultureInfo.InvariantCulture))),
        (2, Gen.Int[-1, 6].Array[0, 4].Select(list => $"[{string.Join(',', list)}]")));

    [Fact]
    public void Random_words() => Gen.Int[0, Words.Length - 1].Array[0, 30]
        .Select(w => string.Concat(w.Select(k => Words[k]))).Sample(ReadOrRefuse, iter: 100_000);

    [Fact]
    public void Calls_of_every_operation_with_random_arguments() =>
        Gen.Select(Gen.Int[0, Operations.All.Length - 1], Argument.Array[0, 7])
            .Select((k, arguments) => $"{Operations.All[k].Name}({string.Join(',', arguments)})").Sample(ReadOrRefuse, iter: 100_000);

    static void ReadOrRefuse(string text)
    {
        Formula formula;
        try
        {
            formula = Parse(text);
        }
        catch (FormulaException error) when (error.Position >= 0 && error.Position <= text.Length)
        {
            return;
        }

        Assert.Equal(formula, FormulaParser.Parse(formula.ToString()));
        if (formula.Dim > 100) return;
        var inputs = new ProgramInterpreter.Inputs();
        Assert.Equal(formula.Dim, FormulaLowering.Lower(formula, inputs.Builder, inputs.Declare).Length);
    }
}
