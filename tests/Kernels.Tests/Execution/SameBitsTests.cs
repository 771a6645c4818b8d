using System.Collections.Immutable;
using Distributed.Keops.Kernels.Tests.Reductions;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>The plan alone decides the bits of a result: not threads, tasks, the
/// place of rows in a tile, or where they come from.</summary>
public class SameBitsTests
{
    const int M = 200, N = 1130;

    public static TheoryData<string> Names => [.. AllReductions.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_any_number_of_threads_and_any_cutting(string name)
    {
        foreach (var type in new[] { ElementType.Float32, ElementType.Float64 })
        {
            foreach (var axis in new[] { 0, 1 })
            {
                var problem = Problem(name, type, axis);
                var bound = problem.Bind(problem.SmallPlan(leafRows: 90));
                var whole = EngineProblem.Run(bound);
                foreach (var (threads, target, atLeast) in new[] { (2, 1e9, 1), (7, 1e9, 1), (1, 1.0, 1), (2, 30e3, 1), (7, 100e3, 5) })
                    EngineProblem.Run(bound, threads, target, atLeast).AssertSameBits(whole);
                // With memory for one leaf at a time.
                EngineProblem.Run(bound, threads: 2, leafBytes: 1).AssertSameBits(whole);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_rows_in_memory_and_streamed_ones(string name)
    {
        var problem = Problem(name, ElementType.Float32, 1);
        var plan = problem.SmallPlan(leafRows: 90);
        EngineProblem.Run(problem.Bind(plan, wrap: rows => new StreamedRows(rows)), 2, 50e3).AssertSameBits(problem.Run(plan));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_a_row_wherever_it_stands(string name)
    {
        // The same rows with others in front: they come to other lanes, tiles and blocks.
        var problem = Problem(name, ElementType.Float32, 1);
        var all = problem.Run(problem.SmallPlan(leafRows: 90));
        int[] rows = [199, 3, 64, 65, 17];
        var few = problem with
        {
            M = rows.Length,
            Data = problem.Data.ToDictionary(d => d.Key, d => d.Key.Category == Kernels.Formulas.Category.I
                ? [.. rows.SelectMany(r => d.Value[(r * d.Key.Dim)..((r + 1) * d.Key.Dim)])] : d.Value).ToImmutableDictionary(),
        };
        few.Run(few.SmallPlan(leafRows: 90)).AssertSameBits(all.Take(rows));
        problem.Run(problem.SmallPlan(leafRows: 90, blockRows: 128)).AssertSameBits(all);
    }

    // Thirds, so that sums do round.
    static EngineProblem Problem(string name, ElementType type, int axis)
    {
        var random = new Random(17);
        return AllReductions.Create(name, type, axis == 1 ? M : N, axis == 1 ? N : M, axis, (_, _) => random.Next(-12, 13) / 6.0);
    }
}
