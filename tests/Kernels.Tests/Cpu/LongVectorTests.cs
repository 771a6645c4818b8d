using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Distributed.Keops.Kernels.Tests.Execution;
using Distributed.Keops.Kernels.Tests.Reductions;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>
/// Vectors shorter and longer than what is unrolled: loops over components, scratch memory, borders inside loops; and what is computed once
/// a call, an output row or a reduced row, of such vectors.
/// </summary>
public class LongVectorTests
{
    const int M = 70, N = 30;

    static readonly int[] Dims = [1, 2, 3, 15, 16, 17, 24, 64, 100, 257];

    /// <summary>Formulas of x and y (i and j, dimension d), p (parameter, d), a (i, 1), b (j, 1), g (parameter, 1), e (i, d).</summary>
    static readonly Dictionary<string, Func<Names, Formula>> Formulas = new()
    {
        ["distance"] = v => v.X.SqDist(v.Y),
        ["gauss"] = v => (-(v.G * v.X.SqDist(v.Y))).Exp() * v.B,
        ["scalar product"] = v => v.X | v.Y,
        ["vector output"] = v => (v.X | v.Y) * v.Y,
        ["difference"] = v => v.X - v.Y,
        ["pairwise product"] = v => v.X * v.Y + v.A,
        ["exponentials of components"] = v => (v.X * v.Y).Exp(),
        ["gradient of gauss"] = v => (-(v.G * v.X.SqDist(v.Y))).Exp().Gradient(v.X.AsVariable!.Value, v.B),
        ["gradient of gradient"] =
            v => ((-(v.G * v.X.SqDist(v.Y))).Exp().Gradient(v.X.AsVariable!.Value, v.B) | v.E).Gradient(v.Y.AsVariable!.Value, v.A),
        ["norm"] = v => (v.X - v.Y).Norm2(),
        ["gradient of norm"] = v => (v.X - v.Y).Norm2().Gradient(v.X.AsVariable!.Value, v.B),
        ["normalized"] = v => (v.X - v.Y).Normalize(),
        ["gradient of normalized"] = v => (v.X - v.Y).Normalize().Gradient(v.X.AsVariable!.Value, v.E),
        ["joined"] = v => v.X.Concat(v.Y * v.B).Concat(v.A),
        ["joined and added"] = v => v.A.Concat(v.X).Concat(v.Y) * v.Y.Concat(v.B).Concat(v.X),
        ["shifted"] = v => v.A.Concat(v.X).Extract(0, v.D) - v.Y,
        ["part"] = v => (v.X * v.Y).Extract(v.D / 2, v.D - v.D / 2),
        ["part placed"] = v => (v.X * v.Y).Extract(v.D / 2, 1).ExtractT(v.D / 3, v.D + 3) + v.A,
        ["sum of a part"] = v => (v.X - v.Y).Square().Extract(0, (v.D + 1) / 2).Sum() * v.X,
        ["used twice"] = v => Let((v.X - v.Y).Exp(), d => d * d.Sum() + d.Square()),
        ["choice by a parameter"] = v => v.P.IfElse(v.X, v.Y),
        ["choice by a row"] = v => v.X.IfElse(v.Y * v.B, v.P) + v.Y.IfElse(v.A, v.G),
        ["complex"] = v => Complex("ComplexMult", v.X.Concat(v.X), v.Y.Concat(v.Y)),
        ["complex exponential"] = v => Complex("ComplexExp", v.X.Concat(v.Y)),
        ["rows alone"] = v => (v.X.Square().Exp() + v.A) * v.Y.Sum(),
        ["reduced rows alone"] = v => (v.Y.Square().Exp() + v.B).SqNorm2() * v.X,
        ["parameters alone"] = v => (v.P.Square().Exp() + v.G).SqNorm2() * (v.X | v.Y),
        ["parameters and rows"] = v => (v.P * v.X).SqNorm2() - (v.P * v.Y).Norm2(),
        ["parameter vector"] = v => v.P * (v.X - v.Y),
        ["weighted distance"] = v => v.P.Square() | (v.X - v.Y).Square(),
        ["constants"] = v => Formula.IntCst(2).Concat(Formula.RatCst(1, 3)).SqNorm2() * v.X.SqDist(v.Y) + Formula.IntCst(3),
        ["nothing but constants"] = v => Formula.IntCst(2).Concat(Formula.RatCst(1, 3)).Concat(Formula.IntCst(5).SumT(v.D)),
        ["constants and rows"] = v => Formula.IntCst(2).Concat(Formula.RatCst(1, 3)).Square().Sum() * v.Y,
        ["comparisons"] = v => (v.X < v.Y) * v.X + (v.Y <= v.X) * v.P,
        ["largest component"] = v => (v.X + v.Y).Max() * v.B,
    };

    public static TheoryData<string> Names_ => [.. Formulas.Keys];

    [Theory]
    [MemberData(nameof(Names_))]
    public void Of_every_length(string name)
    {
        foreach (var d in Dims)
        {
            // Normalized numbers do not change; interleaving is written out, whatever its length.
            if (d == 1 && name == "gradient of normalized" || d > 24 && name.StartsWith("complex", StringComparison.Ordinal)) continue;
            foreach (var type in Widths.Types)
            {
                if (type == ElementType.Float64 && d is 2 or 15 or 24 or 64) continue;
                foreach (var kind in new[] { "Sum", "Max_ArgMax" })
                {
                    var formula = Formulas[name](new Names(d));
                    if (kind != "Sum" && (type == ElementType.Float64 || d is not (3 or 17))) continue;
                    Check($"{kind} of {name}, D = {d}, {type}", Random(kind, formula, type, d), d);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names_))]
    public void On_narrower_vectors(string name)
    {
        foreach (var width in Widths.Here.SkipLast(1))
        {
            foreach (var d in new[] { 3, 17, 24 })
                Check($"{name}, D = {d}, {width} bits", Random("Sum", Formulas[name](new Names(d)), ElementType.Float32, d), d, width);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(64)]
    [InlineData(257)]
    public void Reductions_of_long_vectors(int d)
    {
        var v = new Names(d);
        foreach (var type in Widths.Types)
        {
            foreach (var (kind, f, g, k) in new (string, Formula, Formula?, int?)[]
            {
                ("SumSoftMaxWeight", v.X | v.Y, v.Y, null), ("LogSumExp", v.X | v.Y, (v.X - v.Y).Square(), null),
                ("Max_SumShiftExpWeight", v.A * v.B, v.X * v.Y, null),
                ("Min_ArgMin", v.X - v.Y, null, null), ("KMin_ArgKMin", v.X - v.Y, null, 2), ("ArgKMin", v.Y - v.X.Elem(0), null, 7),
            })
            {
                // A list for each component is written out.
                if (k is not null && d > 17) continue;
                // Steps of a quarter, so that differences are exact and ties abound.
                var random = new Random(d);
                var problem = EngineProblem.Create(kind, f, type, M, N, (_, _) => random.Next(-4, 5) * 0.25, g, k);
                Check($"{kind}, D = {d}, {type}", problem, d);
            }
        }
    }

    // Distances of about 1 whatever the dimension.
    static EngineProblem Random(string kind, Formula formula, ElementType type, int d) =>
        EngineProblem.Random(kind, formula, type, M, N, seed: d, low: -2 / Math.Sqrt(d), high: 2 / Math.Sqrt(d));

    static void Check(string what, EngineProblem problem, int d, int? width = null)
    {
        int[] rows = [0, 1, 17, 63, 64, M - 1];
        var got = problem.Run(problem.SmallPlan(leafRows: 13), width).Take(rows);
        var unit = problem.Type == ElementType.Float32 ? 6e-8 : 1.1e-16;
        try
        {
            var expected = problem.Expect(rows);
            // The formula itself rounds, a little more for each component that is added up.
            var tolerance = problem.Reduction.Kind.IsSum || got.Values is null ? unit * (30 + d) : unit * (10 + d);
            var scales = problem.Reduction.Kind.Name == "Max_ArgMax"
                ? (problem with { Reduction = problem.Reduction with { Kind = ReductionKind.Find("Sum") } }).Scales(rows)
                : problem.Scales(rows);
            got.AssertNear(expected with { Indices = Near(expected, got, problem) }, tolerance, scales);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{what}: {error.Message}", error);
        }
    }

    // Random values may tie up to rounding in single precision; row numbers of those are looked at where the data are exact.
    static long[]? Near(EngineResult expected, EngineResult got, EngineProblem problem) =>
        problem.Type == ElementType.Float32 && problem.Reduction.Kind.Name == "Max_ArgMax" ? got.Indices : expected.Indices;

    static Formula Let(Formula value, Func<Formula, Formula> body) => body(value);

    static Formula Complex(string name, Formula a, Formula? b = null) =>
        Operations.Find(name)!.Apply(b is null ? [a] : [a, b], []);

    sealed record Names(int D)
    {
        public Formula X => Formula.Vi(0, D);

        public Formula Y => Formula.Vj(1, D);

        public Formula P => Formula.Pm(2, D);

        public Formula A => Formula.Vi(3, 1);

        public Formula B => Formula.Vj(4, 1);

        // Not negative: e^a of a large a is less accurate where a is a parameter times a distance.
        public Formula G => Formula.Pm(5, 1).Abs();

        public Formula E => Formula.Vi(6, D);
    }
}
