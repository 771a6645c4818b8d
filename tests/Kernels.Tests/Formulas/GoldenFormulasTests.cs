using Distributed.Keops.Kernels.Formulas;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Formulas;

public class GoldenFormulasTests
{
    /// <summary>Operations that are not there yet.</summary>
    static readonly string[] Missing = [];

    [Fact]
    public void Every_formula_is_read_printed_and_lowered_or_refused_as_expected()
    {
        var wrong = new List<string>();
        var read = 0;
        foreach (var c in Golden.Cases("genred", "vjp", "solve"))
        {
            foreach (var text in new[] { c.Text("formula"), c.Text("formula2") }.OfType<string>())
            {
                if (Missing.Any(m => text.Contains(m, StringComparison.Ordinal))) continue;
                try
                {
                    var formula = FormulaParser.Parse(text, AliasList.Parse(c.Aliases()));
                    Assert.Equal(formula, FormulaParser.Parse(formula.ToString()));
                    var inputs = new ProgramInterpreter.Inputs();
                    FormulaLowering.Lower(formula, inputs.Builder, inputs.Declare);
                    read++;
                }
                catch (FormulaException error) when (c.ExpectsError())
                {
                    Assert.NotEmpty(error.Message);
                }
                catch (Exception error)
                {
                    wrong.Add($"{c.Text("name")}: {text}: {error}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(read > 300, $"{read} formulas read");
    }
}
