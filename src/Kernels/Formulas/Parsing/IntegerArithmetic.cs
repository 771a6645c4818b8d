namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Sub-expressions of integers only, which Python evaluates before a formula sees them.</summary>
static class IntegerArithmetic
{
    /// <summary>The value, or an exception whose text says why there is none.</summary>
    public static int Evaluate(string symbol, int a, int b)
    {
        var exact = symbol switch
        {
            "+" => (long)a + b,
            "-" => (long)a - b,
            "*" => (long)a * b,
            "|" => a | b,
            "**" => Power(a, b),
            "/" => throw new FormulaException(
                $"{a}/{b} is not an integer but a float, which a formula can't hold: "
                + $"expected IntCst({a})/IntCst({b}), RatCst({a},{b}), or a parameter for the value."),
            _ => throw new FormulaException(
                $"{a}{symbol}{b} compares two integers: expected a formula on at least one side, such as IntCst({a})."),
        };
        return exact == (int)exact ? (int)exact : throw TooLarge($"{a}{symbol}{b}");
    }

    public static FormulaException TooLarge(string what) => new(
        $"{what} does not fit 32 bits: expected integers from {int.MinValue} to {int.MaxValue}.");

    static long Power(int a, int n)
    {
        if (n < 0) throw new FormulaException($"{a}**{n} is not an integer: expected Pow(IntCst({a}),{n}).");
        if (a is 0 or 1 || n == 0) return n == 0 ? 1 : a;
        if (a == -1) return n % 2 == 0 ? 1 : -1;
        long power = 1;
        for (; n > 0; n--)
        {
            power *= a;
            if (power != (int)power) throw TooLarge($"{a}**{n}");
        }

        return power;
    }
}
