using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Chooses tile shapes. Candidates go from the largest tile to the smallest; the first is taken whose live values fit the registers, and
/// whose code fits what the JIT optimises.
/// </summary>
static class Scheduler
{
    static readonly (int Vectors, int Rows)[] Tiles = [(4, 4), (4, 2), (2, 4), (2, 2), (1, 4), (1, 2), (1, 1)];

    /// <summary>The schedules to try, best first; the last is the smallest there is.</summary>
    public static IEnumerable<Schedule> Candidates(ReductionProgram program, int width)
    {
        var lanes = width / 8 / program.Type.Size();
        var registers = width == 512 ? 32 : 16;
        var words = program.Monoid.Words;
        var costly = program.Hoisted.Pairs.Values.Any(v => v.Rate == Rate.IJ && Materialization.IsCostly(v.Op))
            || program.Accumulate(1).Values.Any(v => Materialization.IsCostly(v.Op));
        // Constants of the polynomials: 7 of 32 registers for float32, 13 for float64; the narrow sets reload them.
        var constants = !costly || width < 512 ? 3 : program.Type == ElementType.Float32 ? 9 : 14;
        foreach (var unroll in new[] { 16, 4, 1 })
        {
            var live = LiveComponents(program, unroll);
            foreach (var (vectors, rows) in Tiles)
            {
                if (vectors * lanes > KernelArguments.TileRows) continue;
                var inMemory = program.Monoid.Entries > 0 || words * vectors > 12 || program.Monoid.Parts.Any(p => p.Length > unroll);
                var need = live * vectors * rows + (inMemory ? 4 : words * vectors) + constants + 2;
                // With 32 registers two spilled constants cost less than a smaller tile; with 16 nothing is to spare.
                if (need > registers + (width == 512 ? 2 : 0) && (vectors, rows) != (1, 1)) continue;
                yield return new Schedule(width, vectors, rows, unroll, inMemory);
            }
        }
    }

    /// <summary>The largest number of components of pair values that are alive at the same time, one pair counted.</summary>
    static int LiveComponents(ReductionProgram program, int unroll)
    {
        var pairs = program.Hoisted.Pairs;
        var last = new Dictionary<Value, int>();
        for (var n = 0; n < pairs.Values.Length; n++)
        {
            foreach (var operand in pairs.Values[n].Operands) last[operand] = n;
        }

        foreach (var output in pairs.Outputs) last[output] = int.MaxValue;
        var readers = pairs.CountUses();
        var distinctReaders = pairs.Values.SelectMany(v => v.Operands.Distinct()).Concat(pairs.Outputs)
            .GroupBy(v => v).ToDictionary(g => g.Key, g => g.Count());
        // How many more components are alive from each value on.
        var change = new int[pairs.Values.Length + 1];
        for (var n = 0; n < pairs.Values.Length; n++)
        {
            var value = pairs.Values[n];
            var isSquareOnly = distinctReaders.GetValueOrDefault(value) == 1 && !pairs.Outputs.Contains(value);
            var kept = value.IsFold || Materialization.IsCostly(value.Op) || readers[value] > 1 && !isSquareOnly;
            if (value.Rate != Rate.IJ || !kept || value.Length > unroll || !last.TryGetValue(value, out var end) || end <= n) continue;
            change[n] += value.Length;
            change[Math.Min(end, pairs.Values.Length)] -= value.Length;
        }

        var (most, alive) = (1, 0);
        foreach (var more in change.AsSpan(0, pairs.Values.Length)) most = Math.Max(most, alive += more);
        return most;
    }
}
