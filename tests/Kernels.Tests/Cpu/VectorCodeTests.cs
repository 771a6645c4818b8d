using System.Collections.Immutable;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;
using Distributed.Keops.Kernels.Tests.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>The errors of the project's own functions, in units of the last place, on every vector width.</summary>
public class VectorCodeTests(ITestOutputHelper output)
{
    const double MaxUlps = 2;

    public static TheoryData<int> EachWidth => [.. Widths.Here];

    [Theory]
    [MemberData(nameof(EachWidth))]
    public void Exp_of_float32(int width) => CheckSingle(width, (b, x) => b.Exp(x), Math.Exp, -104, 89.5f);

    [Theory]
    [MemberData(nameof(EachWidth))]
    public void Exp2_of_float32(int width) => CheckSingle(width, (b, x) => b.Exp2(x), t => Math.Pow(2, t), -151, 129);

    [Theory]
    [MemberData(nameof(EachWidth))]
    public void Exp_of_float64(int width) => CheckDouble(width, (b, x) => b.Exp(x), Math.Exp, -746, 710.5);

    [Theory]
    [MemberData(nameof(EachWidth))]
    public void Exp2_of_float64(int width) => CheckDouble(width, (b, x) => b.Exp2(x), t => Math.Pow(2, t), -1076, 1025);

    [Theory]
    [MemberData(nameof(EachWidth))]
    public void Angles_of_float32(int width)
    {
        CheckSingle(width, (b, x) => b.Asin(x), Math.Asin, -1, 1);
        CheckSingle(width, (b, x) => b.Acos(x), Math.Acos, -1, 1);
        CheckSingle(width, (b, x) => b.Atan(x), Math.Atan, -3e38f, 3e38f);
    }

    [Theory]
    [MemberData(nameof(EachWidth))]
    public void Angles_of_float64(int width)
    {
        CheckDouble(width, (b, x) => b.Asin(x), Math.Asin, -1, 1);
        CheckDouble(width, (b, x) => b.Acos(x), Math.Acos, -1, 1);
        CheckDouble(width, (b, x) => b.Atan(x), Math.Atan, -8, 8);
        CheckDouble(width, (b, x) => b.Atan(x), Math.Atan, -1e300, 1e300);
    }

    [Theory]
    [MemberData(nameof(EachWidth))]
    public void Powers_of_float64(int width)
    {
        foreach (var exponent in new[] { 0.5, 1.0 / 3, -7.3, 2.5, 0.001, -0.999 }) Check(exponent, 0, 1e30);
        foreach (var exponent in new[] { 100.7, -300.3, 299.5 }) Check(exponent, 0.1, 10);
        // A base near 1 needs every digit of its logarithm.
        foreach (var of in new[] { 1.0000001, 0.99999, 1.4142135, 0.70711, 3e-300, 1.5e-310, 1e300 })
        {
            var end = 1020 / Math.Abs(Math.Log2(of));
            CheckDouble(width, (b, y) => b.Pow(b.Constant(of), y), y => Math.Pow(of, y), -end, end, 50_000);
        }

        Check(1e13, 1 - 7e-11, 1 + 7e-11);

        void Check(double exponent, double low, double high) =>
            CheckDouble(width, (b, x) => b.Pow(x, b.Constant(exponent)), x => Math.Pow(x, exponent), low, high, 50_000);
    }

    [Theory]
    [MemberData(nameof(EachWidth))]
    public void Powers_of_float32(int width)
    {
        foreach (var exponent in new[] { 0.5f, -7.3f, 12.25f })
            CheckSingle(width, (b, x) => b.Pow(x, b.Constant(exponent)), x => Math.Pow(x, exponent), 0, 1e38f);
    }

    [Theory]
    [MemberData(nameof(EachWidth))]
    public void Ends_of_the_range(int width)
    {
        double[] x = [double.NegativeInfinity, -1e30, double.PositiveInfinity, 1e30, double.NaN, 0, -0.0];
        double[] expected = [0, 0, double.PositiveInfinity, double.PositiveInfinity, double.NaN, 1, 1];
        foreach (var type in Widths.Types)
        {
            Assert.Equal(expected, Run(width, type, (b, v) => b.Exp(v), x));
            Assert.Equal(expected, Run(width, type, (b, v) => b.Exp2(v), x));
            // Whole powers of two are exact down to the smallest normal number.
            var (least, most) = type == ElementType.Float32 ? (-126, 127) : (-1022, 1023);
            double[] whole = [.. Enumerable.Range(least, most - least + 1)];
            Assert.Equal(whole.Select(t => Math.ScaleB(1, (int)t)), Run(width, type, (b, v) => b.Exp2(v), whole));
            Assert.Equal([0, double.PositiveInfinity], Run(width, type, (b, v) => b.Exp2(v), [least - 0.5, most + 1]));
        }
    }

    void CheckSingle(int width, Func<ProgramBuilder, Value, Value> function, Func<double, double> exact, float low, float high)
    {
        // Every 1009th bit pattern: a prime, so that all low bits occur.
        var inputs = new List<double>();
        foreach (var end in new[] { low, high })
        {
            var last = BitConverter.SingleToUInt32Bits(end);
            for (var bits = BitConverter.SingleToUInt32Bits(MathF.CopySign(0, end)); bits <= last; bits += 1009)
                inputs.Add(BitConverter.UInt32BitsToSingle(bits));
        }

        Check(width, ElementType.Float32, function, exact, [.. inputs], 1.1754943508222875e-38, float.MaxValue,
            e => Math.ScaleB(1, Math.ILogB(e) - 23));
    }

    void CheckDouble(
        int width, Func<ProgramBuilder, Value, Value> function, Func<double, double> exact, double low, double high, int count = 400_000)
    {
        var random = new Random(3);
        var inputs = Enumerable.Range(0, count).Select(k => k % 4 == 0
            ? Math.ScaleB(random.NextDouble() * 2 - 1, -random.Next(60))
            : low + (high - low) * random.NextDouble()).ToArray();
        Check(width, ElementType.Float64, function, exact, inputs, 2.2250738585072014e-308, double.MaxValue,
            e => Math.ScaleB(1, Math.ILogB(e) - 52));
    }

    void Check(
        int width, ElementType type, Func<ProgramBuilder, Value, Value> function, Func<double, double> exact, double[] inputs,
        double least, double most, Func<double, double> unit)
    {
        var results = Run(width, type, function, inputs);
        var (worst, at) = (0.0, 0.0);
        for (var k = 0; k < inputs.Length; k++)
        {
            var (got, want) = (results[k], exact(inputs[k]));
            if (double.IsNaN(want) && double.IsNaN(got)) continue;
            if (Math.Abs(want) < least)
            {
                // At the very edge rounding may still reach the smallest normal number.
                Assert.True(got == 0 || Math.Abs(got - want) <= 2e-6 * least,
                    $"At {inputs[k]:R}: {got:R} for a number below the normal ones, {want:R}.");
                continue;
            }

            if (want > most)
            {
                Assert.True(got > most * 0.999999, $"At {inputs[k]:R}: {got:R} for {want:R}, which overflows.");
                continue;
            }

            if (got == 0 && want < least * (1 + 1e-6) || double.IsPositiveInfinity(got) && want > most * (1 - 1e-6)) continue;
            var error = Math.Abs(got - want) / unit(want);
            if (error > worst || double.IsNaN(error)) (worst, at) = (error, inputs[k]);
        }

        output.WriteLine($"{type}, {width} bits: at most {worst:F3} ulp, at {at:R}, over {inputs.Length} numbers.");
        Assert.True(worst <= MaxUlps, $"{worst} ulp at {at:R}.");
    }

    /// <summary>A function of i-rows, times nothing, in the inner loop.</summary>
    static double[] Run(int width, ElementType type, Func<ProgramBuilder, Value, Value> function, double[] inputs)
    {
        var builder = new ProgramBuilder();
        var x = builder.Multiply(builder.Input(new(InputKind.I, 0), 1, Rate.I), builder.Input(new(InputKind.J, 0), 1, Rate.J));
        var program = new ReductionProgram(ReductionKind.Find("Sum").CreateMonoid(
            Distributed.Keops.Kernels.Formulas.Formula.Vi(0, 1), null, null, type), type, function(builder, x), null, [], [1], [1]);
        IRowSource Rows(double[] values) => type == ElementType.Float64
            ? ArrayRows.Of(values, 1)
            : ArrayRows.Of(values.Select(v => (float)v).ToArray(), 1);
        var batch = new BatchData(default, [Rows(inputs)], [Rows([1])]);
        return EngineProblem.Run(
            new BoundReduction(CpuReduction.Compile(program, width), new Plan(1, inputs.Length, 1, 1 << 14, 64), [batch], null)).Values!;
    }
}
