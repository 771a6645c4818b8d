using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Distributed.Keops.Kernels.Tests.Reductions;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>Reductions of float16 data: computed as those of the same data in float32, rounded once.</summary>
public class Float16Tests
{
    public static TheoryData<string> Names => [.. AllReductions.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_results_are_those_of_float32_rounded(string name)
    {
        foreach (var axis in new[] { 0, 1 })
        {
            var problem = AllReductions.Create(name, ElementType.Float16, 70, 300, axis);
            var (half, single) = (Run(problem, ElementType.Float16), Run(problem, ElementType.Float32));
            var outputs = problem.Reduction.CreateMonoid(ElementType.Float32).Outputs;
            for (var o = 0; o < outputs.Length; o++)
            {
                if (outputs[o].Type == Programs.ComponentType.Index)
                {
                    Assert.Equal(single[o], half[o]);
                    continue;
                }

                var rounded = MemoryMarshal.Cast<byte, float>(single[o]).ToArray().Select(v => (Half)v);
                Assert.Equal(rounded, MemoryMarshal.Cast<byte, Half>(half[o]).ToArray());
            }
        }
    }

    [Fact]
    public void Sums_beyond_the_range_are_infinite_and_ties_go_to_even()
    {
        var y = Formula.Vj(0, 1);
        Assert.Equal(Half.PositiveInfinity, Sum(2, 60000, 60000));
        Assert.Equal(Half.NegativeInfinity, Sum(2, -60000, -6000));
        // 2049 and 2051 lie between two halfs; the first falls, the second rises.
        Assert.Equal((Half)2048, Sum(2, 2048, 1));
        Assert.Equal((Half)2052, Sum(2, 2050, 1));
        // What overflows in the middle alone does no harm: arithmetic is in float32.
        Assert.Equal((Half)60000, Sum(3, 60000, 60000, -60000));

        Half Sum(int n, params double[] terms)
        {
            var problem = EngineProblem.Create("Sum", y, ElementType.Float16, 1, n, (_, at) => terms[at]);
            return MemoryMarshal.Cast<byte, Half>(Run(problem, ElementType.Float16)[0])[0];
        }
    }

    [Fact]
    public void Kernels_are_shared_with_float32()
    {
        var reduction = new Reduction(ReductionKind.Find("Sum"), Formula.Vi(0, 2).SqDist(Formula.Vj(1, 2)), null, null, 1);
        var half = CompiledReduction.Compile(reduction, ElementType.Float16);
        Assert.Equal(ElementType.Float16, half.Type);
        Assert.Same(CompiledReduction.Compile(reduction, ElementType.Float32).Kernel, half.Kernel);
        var compensated = CompiledReduction.Compile(reduction with { Summation = Summation.Compensated }, ElementType.Float16);
        Assert.NotSame(half.Kernel, compensated.Kernel);
    }

    static IReadOnlyList<byte[]> Run(EngineProblem problem, ElementType type)
    {
        var compiled = CompiledReduction.Compile(problem.Reduction, type);
        var binder = new DataBinder(compiled, 1);
        foreach (var (variable, values) in problem.Data)
        {
            IRowSource rows = type == ElementType.Float16
                ? ArrayRows.Of(values.Select(v => (Half)v).ToArray(), variable.Dim)
                : ArrayRows.Of(values.Select(v => (float)v).ToArray(), variable.Dim);
            if (variable.Category == Category.Parameter) binder.AddParameter(variable, [values]);
            else binder.AddRows(variable, [rows]);
        }

        var bound = binder.Bind(problem.OutputRows, problem.ReducedRows, null);
        using var threads = new ComputeThreads(1);
        using var runner = new TaskRunner(bound, threads);
        using var states = runner.RunAsync(bound.Plan.CutWhole(1000).Single(), TestContext.Current.CancellationToken)
            .GetAwaiter().GetResult();
        return states.Finalize(type).Columns;
    }
}
