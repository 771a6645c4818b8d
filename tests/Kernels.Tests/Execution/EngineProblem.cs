using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Ranges;
using Distributed.Keops.Kernels.Reductions;
using Distributed.Keops.Oracle;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>
/// A reduction with its data, as numbers of double precision that are exact in the dtype: what an engine and the oracle are both asked.
/// </summary>
sealed record EngineProblem
{
    /// <summary>What is reduced.</summary>
    public required Reduction Reduction { get; init; }

    /// <summary>The dtype of the engine.</summary>
    public required ElementType Type { get; init; }

    /// <summary>Rows of the i-side.</summary>
    public required int M { get; init; }

    /// <summary>Rows of the j-side.</summary>
    public required int N { get; init; }

    /// <summary>The values of each variable, row-major.</summary>
    public required ImmutableDictionary<Variable, double[]> Data { get; init; }

    /// <summary>Which pairs count, for the axis of the reduction; null for all.</summary>
    public OracleRanges? Ranges { get; init; }

    public int OutputRows => Reduction.Axis == 1 ? M : N;

    public int ReducedRows => Reduction.Axis == 1 ? N : M;

    /// <summary>A problem whose variables take their values from <paramref name="value"/>, rounded to the dtype.</summary>
    public static EngineProblem Create(
        string kind, Formula formula, ElementType type, int m, int n, Func<Variable, int, double> value,
        Formula? weight = null, int? k = null, int axis = 1)
    {
        var reduction = new Reduction(ReductionKind.Find(kind), formula, weight, k, axis);
        var data = reduction.Variables().ToImmutableDictionary(v => v, v =>
        {
            var count = v.Dim * (v.Category switch { Category.I => m, Category.J => n, _ => 1 });
            return Enumerable.Range(0, count).Select(at => Round(value(v, at), type)).ToArray();
        });
        return new() { Reduction = reduction, Type = type, M = m, N = n, Data = data };
    }

    /// <summary>The same with uniform random values in [low, high).</summary>
    public static EngineProblem Random(
        string kind, Formula formula, ElementType type, int m, int n, int seed = 1, double low = -1, double high = 1,
        Formula? weight = null, int? k = null, int axis = 1)
    {
        var random = new Random(seed);
        return Create(kind, formula, type, m, n, (_, _) => low + (high - low) * random.NextDouble(), weight, k, axis);
    }

    /// <summary>What the oracle says of some output rows (null: of all).</summary>
    public EngineResult Expect(int[]? rows = null)
    {
        var side = Reduction.OutputCategory;
        var variables = Reduction.Variables();
        var arrays = new OracleArray[variables.Length == 0 ? 0 : variables.Max(v => v.Index) + 1];
        foreach (var v in variables)
        {
            var data = rows is null || v.Category != side ? Data[v] : [.. rows.SelectMany(r => Data[v][(r * v.Dim)..((r + 1) * v.Dim)])];
            arrays[v.Index] = new OracleArray(v.Category == Category.Parameter ? [v.Dim] : [data.Length / v.Dim, v.Dim], data);
        }

        var count = rows?.Length ?? OutputRows;
        var result = ReductionOracle.Reduce(new ReductionProblem
        {
            Reduction = Reduction.Kind.Name, Formula = Reduction.Formula, Weight = Reduction.Weight,
            K = Reduction.K ?? 0, Axis = Reduction.Axis,
            Variables = variables, Arrays = arrays, Ranges = Ranges,
            Nx = Reduction.Axis == 1 ? count : M, Ny = Reduction.Axis == 1 ? N : count,
        });
        return new(result.Values, result.Indices, count);
    }

    /// <summary>The plan of small blocks and leaves, so that few rows cross many borders.</summary>
    public Plan SmallPlan(int leafRows = 100, int blockRows = 64) => new(1, OutputRows, ReducedRows, blockRows, leafRows);

    /// <summary>Binds the data for an engine.</summary>
    /// <param name="plan">How it is cut.</param>
    /// <param name="width">Bits of a vector; null for the widest of this machine.</param>
    /// <param name="wrap">Puts something around each source of rows.</param>
    public BoundReduction Bind(Plan plan, int? width = null, Func<IRowSource, IRowSource>? wrap = null)
    {
        var compiled = CompiledReduction.Compile(Reduction, Type);
        var kernel = width is null ? compiled.Kernel : CpuReduction.Compile(compiled.Program, width);
        var parameters = compiled.Parameters.SelectMany(v => Bytes(Data[v])).ToArray();
        var batch = new BatchData(parameters, [.. compiled.Rows.Select(Source)], [.. compiled.Columns.Select(Source)]);
        var ranges = Ranges is null ? null : SideRanges.Create(
            AxisRanges.FromNumbers(Reduction.Axis, Ranges.OutputRanges, Ranges.Slices, Ranges.ReducedRanges), OutputRows, ReducedRows);
        return new BoundReduction(kernel, plan, [batch], ranges);

        IRowSource Source(Variable v)
        {
            IRowSource rows = Type == ElementType.Float64
                ? ArrayRows.Of(Data[v], v.Dim)
                : ArrayRows.Of(Data[v].Select(x => (float)x).ToArray(), v.Dim);
            return wrap is null ? rows : wrap(rows);
        }
    }

    /// <summary>Runs the whole plan as one task on one thread.</summary>
    public EngineResult Run(Plan? plan = null, int? width = null) => Run(Bind(plan ?? SmallPlan(), width));

    /// <summary>Runs tasks, merges the states of each run of blocks by the tree, and puts the rows together.</summary>
    /// <param name="bound">The reduction.</param>
    /// <param name="threads">How many threads.</param>
    /// <param name="targetPairs">The size of a task.</param>
    /// <param name="atLeast">The fewest tasks.</param>
    /// <param name="leafBytes">How much of the reduced rows is in work at once.</param>
    public static EngineResult Run(
        BoundReduction bound, int threads = 1, double targetPairs = double.PositiveInfinity, int atLeast = 1, long leafBytes = 256L << 20)
    {
        using var compute = new ComputeThreads(threads);
        using var runner = new TaskRunner(bound, compute, leafBytes);
        var ledger = new JobLedger(bound.Plan, new PairCounts(bound.Plan));
        var states = new Dictionary<PlanTask, PartialStates>();
        var pairs = Math.Min(targetPairs, bound.Plan.Pairs / atLeast);
        while (!ledger.IsComplete)
        {
            if (ledger.TryTakeMerge("here", out var slot))
            {
                var (left, right) = ledger.Children(slot);
                states.Remove(left, out var merged);
                states.Remove(right, out var other);
                merged!.Merge(other!);
                other!.Dispose();
                states[slot] = merged;
            }
            else
            {
                Assert.True(ledger.TryTake("here", pairs, long.MaxValue, out slot));
                states[slot] = runner.RunAsync(slot, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
            }

            ledger.Fill(slot, new SlotFill("here", 0, null));
        }

        var blocks = new List<ResultBlock>();
        foreach (var (slot, _) in ledger.Results)
        {
            blocks.Add(states[slot].Finalize());
            states[slot].Dispose();
        }

        return EngineResult.Of(bound, blocks);
    }

    byte[] Bytes(double[] values) => Type == ElementType.Float64
        ? MemoryMarshal.AsBytes<double>(values).ToArray()
        : MemoryMarshal.AsBytes<float>(values.Select(v => (float)v).ToArray()).ToArray();

    static double Round(double value, ElementType type) => type switch
    {
        ElementType.Float16 => (double)(Half)value,
        ElementType.Float32 => (float)value,
        _ => value,
    };
}
