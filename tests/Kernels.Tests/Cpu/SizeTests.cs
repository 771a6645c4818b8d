using System.Diagnostics;
using System.Globalization;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Distributed.Keops.Kernels.Tests.Execution;
using Distributed.Keops.Kernels.Tests.Reductions;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>Every operation and every reduction at growing sizes, far beyond what one method
/// can hold: never refused, right, and compiled at once.</summary>
public class SizeTests(ITestOutputHelper output)
{
    const int M = 3, N = 6;

    /// <summary>The most that lowering and compiling may take; a second is usual for the largest.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Formulas of size D ({0}; {1} is 2·D, {2} is D·D), and the sizes: x and y have D components, u has 2·D of i, w 2·D of j, a D·D of i,
    /// s D·D parameters.
    /// </summary>
    static readonly (string Text, int[] Sizes)[] Formulas =
    [
        .. Of(To1000,
            "x-y", "Exp(x*y)", "Sum(x*y)", "Sqrt(Abs(x+y))/(Abs(x)+y*y+IntCst(1))", "Powf(Abs(x)+IntCst(1),y)", "Atan2(x,y)+Asin(x*y)",
            "IfElse(x-y,x,y)",
            "Mod(x,IntCst(2),y)", "Clamp(x,y,b)", "Round(x*y,1)", "x<y", "SumT(Sum(x)*b,{0})", "(x|y)", "SqDist(x,y)", "Norm2(x-y)",
            "Normalize(x-y)",
            "WeightedSqNorm(x,y)", "Extract(x*y,{0}-1,1)", "Extract(Concat(x*y,y),1,{0})", "ExtractT(x*y,3,{0}+5)", "Elem(Exp(x-y),{0}-1)",
            "ElemT(b,{0},{0}-1)*x", "Concat(x*y,Concat(b,y))",
            "Max(x*y)", "Min(x-y)", "ArgMax(x*y)", "ArgMin(Concat(x-y,x))", "OneHot(b*IntCst({0}),{0})", "Grad(Max(x*y),x,b)",
            "Complex(x,y)", "ComplexReal(u*w)", "ComplexImag(u*b)", "ComplexMult(u,w)", "ComplexDivide(u,w)", "ComplexExp(u*b)",
            "ComplexExp1j(x*y)", "ComplexAbs(u-w)",
            "ComplexSum(ComplexMult(u,w))", "ComplexAngle(u-w)", "Conj(ComplexAdd(u,w))", "Grad(ComplexAbs(ComplexMult(u,w)),u,x)",
            "ComplexSumT(ComplexSum(w),{1})*b",
            "Grad(Exp(-SqDist(x,y)),x,b)", "Grad(Grad(Exp(-SqDist(x,y)),x,b)|x,y,b)", "Divergence(x*y,x)", "Laplacian(SqDist(x,y),x)"),
        .. Of([3, 16, 64, 256, 1000], "Diff(Normalize(x-y),x,y)"),
        .. Of(To256, "TraceOperator(x*b,x)", "Divergence(Exp(-SqDist(x,y))*(x-y),x)", "Laplacian(Exp(-SqDist(x,y)),x)"),
        .. Of([1, 3, 16, 64], "TensorProd(x,y)", "GradMatrix(x*y,x)", "GradMatrix(Exp(-SqDist(x,y)),x)",
            "MatVecMult(a,y)", "VecMatMult(y,a)", "MatVecMult(s,x-y)",
            "WeightedSqNorm(s,x-y)", "Grad(MatVecMult(a,y),a,y)", "Grad(MatVecMult(a,y),y,x)", "Kron(x,y,[{0}],[{0}])",
            "TensorDot(a,y,[{0},{0}],[{0}],[0],[0])", "Grad(TensorDot(a,y,[{0},{0}],[{0}],[0],[0]),a,x)"),
        .. Of([1, 3, 8, 16], "TensorDot(a,s*b,[{0},{0}],[{0},{0}],[1],[0])", "TensorDot(a,s*b,[{0},{0}],[{0},{0}],[0,1],[0,1])",
            "Kron(a,y,[{0},{0}],[1,{0}])"),
        .. Of([1, 3, 10, 30, 64], "SoftDTW_SqDist(x,y,IntCst(1))"),
        .. Of([5, 16, 64, 256], "BSpline(x,b,1)", "BSpline(x,b,3)", "Grad(BSpline(x,b,2),b,Extract(y,0,{0}-3))"),
    ];

    static int[] To1000 => [1, 3, 16, 64, 256, 1000];

    static int[] To256 => [1, 3, 16, 64, 256];

    public static TheoryData<string> Texts => [.. Formulas.Select(f => f.Text).Distinct()];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Operations(string text)
    {
        var turn = 0;
        foreach (var size in Formulas.Where(f => f.Text == text).SelectMany(f => f.Sizes))
        {
            // A part that has no place in a single component.
            if (size == 1 && text.Contains("ElemT", StringComparison.Ordinal)) continue;
            var formula = Parse(text, size);
            // The widths and the dtypes in turn: each has its own code, but they grow alike.
            var width = Widths.Here[^(1 + turn % Widths.Here.Length)];
            Check($"{text}, D = {size}", "Sum", formula, null, null, Widths.Types[turn++ % 2], [width]);
        }
    }

    [Fact]
    public void What_no_thread_may_hold_is_refused()
    {
        Refused("keeps 2000000 numbers for each output row, of at most 524288", "KMin_ArgKMin", "x-y", 1000);
        Refused("MB for 64 rows, of at most 1024", "Sum", "(TensorProd(x,y)|TensorProd(y,x))", null);

        static void Refused(string message, string kind, string text, int? k)
        {
            var reduction = new Reduction(ReductionKind.Find(kind), Parse(text, 1000), null, k, 1);
            var error = Assert.Throws<KeopsException>(() => CompiledReduction.Compile(reduction, ElementType.Float64));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Matrices_beyond_the_oracle()
    {
        const int D = 256;
        var random = new Random(1);
        var problem = EngineProblem.Create(
            "Sum", Parse("MatVecMult(a,y)", D), ElementType.Float64, 2, 3, (_, _) => random.Next(-8, 9) * 0.25);
        var (a, y) = (problem.Data[Formula.Vi(5, D * D).AsVariable!.Value], problem.Data[Formula.Vj(1, D).AsVariable!.Value]);
        var expected = from i in Enumerable.Range(0, 2)
                       from k in Enumerable.Range(0, D)
                       select Enumerable.Range(0, 3 * D).Sum(jl => a[(i * D + k) * D + jl % D] * y[jl]);
        Assert.Equal(expected, problem.Run().Values);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public void Moving_both_sequences_warps_nothing(int size)
    {
        const string Cost = "SoftDTW_SqDist(x,y,IntCst(1))";
        EngineResult Of(string text) => EngineProblem.Random("Sum", Parse(text, size), ElementType.Float64, 4, 1).Run();
        var (byX, both) = (Of($"Sum(Grad({Cost},x,b))").Values!, Of($"Sum(Grad({Cost},x,b))+Sum(Grad({Cost},y,b))").Values!);
        Assert.All(byX, slope => Assert.True(Math.Abs(slope) > 1e-3));
        Assert.All(both, slope => Assert.True(Math.Abs(slope) < 1e-11));
    }

    [Theory]
    [InlineData("Sum", "x-y", null)]
    [InlineData("Max_ArgMax", "x-y", null)]
    [InlineData("Min", "ComplexMult(u,w)", null)]
    [InlineData("LogSumExp", "(x|y)", "x*y")]
    [InlineData("SumSoftMaxWeight", "(x|y)", "ComplexMult(u,w)")]
    [InlineData("Max_SumShiftExpWeight", "(x|y)", "Concat(y,x*y)")]
    [InlineData("Sum", "Grad(Exp(-SqDist(x,y)),x,b)", null)]
    public void Reductions(string kind, string text, string? weight)
    {
        foreach (var size in To1000)
        {
            var second = weight is null ? null : Parse(weight, size);
            Check($"{kind} of {text}, D = {size}", kind, Parse(text, size), second, null, ElementType.Float32, Widths.Here);
        }
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(7, 256)]
    [InlineData(40, 40)]
    [InlineData(50, 100)]
    [InlineData(500, 1)]
    [InlineData(500, 17)]
    [InlineData(2000, 3)]
    public void Nearest_by_component(int k, int size)
    {
        // Quarters: differences and products are exact, and ties abound.
        Check($"{k}, D = {size}", "KMin_ArgKMin", Parse("x-y", size), null, k, ElementType.Float32, Widths.Here, n: 30, exact: true);
        Check($"{k}, D = {size}", "KMin", Parse("x-y", size), null, k, ElementType.Float64, [Widths.Here[^1]], n: 30, exact: true);
        Check($"{k} of a long formula", "ArgKMin", Parse("ComplexMult(u,w)", size), null, k,
            ElementType.Float64, [Widths.Here[0]], exact: true);
    }

    void Check(string what, string kind, Formula formula, Formula? weight, int? k, ElementType type,
        int[] widths, int n = N, bool exact = false)
    {
        var random = new Random(7);
        var longest = formula.Variables().Select(v => v.Dim).DefaultIfEmpty(1).Max();
        var problem = EngineProblem.Create(kind, formula, type, M, n, Value, weight, k);
        try
        {
            var watch = Stopwatch.StartNew();
            var compiled = CompiledReduction.Compile(problem.Reduction, type);
            foreach (var width in widths) CpuReduction.Compile(compiled.Program, width);
            watch.Stop();
            Assert.True(watch.Elapsed < Longest, $"Compiling took {watch.Elapsed}.");
            if (watch.ElapsedMilliseconds > 300)
                output.WriteLine($"{what}, {type}: {watch.ElapsedMilliseconds} ms, {compiled.Kernel.Schedule}");
            var expected = problem.Expect();
            // Of numbers up to 1, whose sums may cancel.
            var scales = expected.Values?.Select(v => Math.Max(0.1, double.IsFinite(v) ? Math.Abs(v) : 0)).ToArray();
            foreach (var width in widths)
            {
                var tolerance = exact ? 0 : (type == ElementType.Float32 ? 6e-8 : 1.1e-16) * (60 + longest);
                problem.Run(problem.SmallPlan(leafRows: 7), width).AssertNear(expected, tolerance, scales);
            }
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{what}, {type}: {error.Message}", error);
        }

        double Value(Variable v, int at) => exact ? random.Next(-8, 9) * 0.25
            : v.Dim == 1 ? random.NextDouble()
            : (2 * random.NextDouble() - 1) / Math.Sqrt(longest);
    }

    static Formula Parse(string text, int size)
    {
        var (d, two, square) = (Text(size), Text(2 * size), Text(size * size));
        var aliases = AliasList.Parse(
            $"x = Vi({d})", $"y = Vj({d})", "b = Vj(1)", $"u = Vi({two})", $"w = Vj({two})", $"a = Vi({square})", $"s = Pm({square})");
        return FormulaParser.Parse(string.Format(CultureInfo.InvariantCulture, text, d, two, square), aliases);
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static IEnumerable<(string, int[])> Of(int[] sizes, params string[] texts) => texts.Select(t => (t, sizes));
}
