using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Tests.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Reductions;

/// <summary>The laws of a monoid, on the states of compiled reductions: a neutral
/// state, and merging that does not depend on brackets.</summary>
public class MergeLawTests
{
    const int M = 70, N = 40;

    public static TheoryData<string, ElementType> EveryReduction()
    {
        var data = new TheoryData<string, ElementType>();
        foreach (var name in AllReductions.Names)
            foreach (var type in new[] { ElementType.Float32, ElementType.Float64 }) data.Add(name, type);
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryReduction))]
    public async Task The_empty_state_changes_nothing_on_either_side(string name, ElementType type)
    {
        using var run = new Run(AllReductions.Create(name, type, M, N));
        using var state = await run.RowsAsync(3, 9);
        using (var right = run.Copy(state))
        {
            right.Merge(run.Empty());
            Assert.Equal(state.Bytes.ToArray(), right.Bytes.ToArray());
        }

        using var left = run.Empty();
        left.Merge(state);
        Assert.Equal(state.Bytes.ToArray(), left.Bytes.ToArray());
        using var nothing = run.Empty();
        nothing.Merge(run.Empty());
        Assert.Equal(run.Empty().Bytes.ToArray(), nothing.Bytes.ToArray());
    }

    [Theory]
    [MemberData(nameof(EveryReduction))]
    public async Task Runs_of_rows_merged_in_order_are_the_whole(string name, ElementType type)
    {
        var problem = AllReductions.Create(name, type, M, N);
        using var run = new Run(problem);
        var whole = problem.Run(problem.SmallPlan(leafRows: N));
        var random = new Random(11);
        for (var round = 0; round < 6; round++)
        {
            var borders = Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(N + 1)).Append(0).Append(N).Order().ToArray();
            using var states = run.Empty();
            for (var k = 1; k < borders.Length; k++)
            {
                using var part = await run.RowsAsync(borders[k - 1], borders[k]);
                states.Merge(part);
            }

            Same(problem, whole, run.Result(states));
        }
    }

    [Theory]
    [MemberData(nameof(EveryReduction))]
    public async Task Brackets_do_not_matter(string name, ElementType type)
    {
        var problem = AllReductions.Create(name, type, M, N);
        using var run = new Run(problem);
        using var a = await run.RowsAsync(0, 11);
        using var b = await run.RowsAsync(11, 14);
        using var c = await run.RowsAsync(14, N);
        using var left = run.Copy(a);
        left.Merge(b);
        left.Merge(c);
        b.Merge(c);
        a.Merge(b);
        Same(problem, run.Result(left), run.Result(a));
        if (!problem.Rounds()) Assert.Equal(left.Bytes.ToArray(), a.Bytes.ToArray());
    }

    /// <summary>The same bits, or within rounding of each other where numbers are added up.</summary>
    static void Same(EngineProblem problem, EngineResult expected, EngineResult got)
    {
        if (problem.Rounds()) got.AssertNear(expected, problem.Tolerance(), problem.Scales());
        else got.AssertSameBits(expected);
    }

    /// <summary>States of single rows, and what can be made of them.</summary>
    sealed class Run : IDisposable
    {
        readonly BoundReduction _bound;
        readonly ComputeThreads _threads = new(1);
        readonly TaskRunner _runner;

        public Run(EngineProblem problem)
        {
            _bound = problem.Bind(new Plan(1, M, N, 128, 1));
            _runner = new TaskRunner(_bound, _threads);
        }

        /// <summary>The rows' states, each of its own, merged one after the other.</summary>
        public async Task<PartialStates> RowsAsync(int first, int end)
        {
            var states = Empty();
            for (var row = first; row < end; row++)
            {
                using var one = await _runner.RunAsync(new PlanTask(0, 0, 1, new MergeNode(0, row)), TestContext.Current.CancellationToken);
                states.Merge(one);
            }

            return states;
        }

        public PartialStates Empty() => new(_bound.Kernel, 0, M);

        public PartialStates Copy(PartialStates states)
        {
            var copy = Empty();
            states.Bytes.CopyTo(copy.Bytes);
            return copy;
        }

        public EngineResult Result(PartialStates states) => EngineResult.Of(_bound, [states.Finalize()]);

        public void Dispose()
        {
            _runner.Dispose();
            _threads.Dispose();
        }
    }
}
