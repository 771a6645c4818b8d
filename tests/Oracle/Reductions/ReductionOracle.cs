using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Oracle;

/// <summary>
/// Every reduction by naive loops over batches, output rows and pairs in double precision; where KeOps gives NaN by accident
/// (log-sum-exp of nothing), the sane value stands. Safe to share between threads.
/// </summary>
public static class ReductionOracle
{
    static readonly HashSet<string> NeedWeight = ["LogSumExpWeight", "SumSoftMaxWeight", "Max_SumShiftExpWeight"];
    static readonly HashSet<string> TakeWeight = [.. NeedWeight, "LogSumExp"];
    static readonly HashSet<string> NeedScalar = [.. TakeWeight, "Max_SumShiftExp"];

    /// <summary>Computes the reduction.</summary>
    /// <exception cref="KeopsException">Names, dimensions, shapes, sizes or ranges do not fit each other.</exception>
    public static ReductionResult Reduce(ReductionProblem problem)
    {
        var name = problem.Reduction == "SoftMax" ? "SumSoftMaxWeight" : problem.Reduction;
        var rule = RowRules.All.GetValueOrDefault(name) ?? throw new KeopsException($"Unknown reduction '{problem.Reduction}'.");
        var dims = Check(problem, name);
        var batch = Batch(problem);
        var (nx, ny) = (Rows(problem, Category.I, problem.Nx), Rows(problem, Category.J, problem.Ny));
        var (outputs, reduced) = problem.Axis == 1 ? (nx, ny) : (ny, nx);
        if (problem.Ranges is not null && batch.Any(size => size != 1))
            throw new KeopsException("Ranges can't be combined with batch dimensions.");
        var shape = Shape(batch, outputs, dims, name);
        var (batches, everyPair) = (Product(batch), (double)outputs * reduced);
        var (pairs, longestRow) = problem.Ranges?.Count(outputs, reduced) ?? (everyPair, reduced);
        // Rows and ranks count even where an empty batch leaves no results: lists of them are made.
        var results = Math.Max(Product(shape), Math.Max(outputs, (double)dims.D * dims.K));
        OracleCost.Check(batches * pairs, longestRow, results, problem.Weight is { } g ? [problem.Formula, g] : [problem.Formula]);

        var visits = problem.Ranges?.Visits(outputs) ?? [.. Enumerable.Repeat(Enumerable.Range(0, reduced), outputs)];
        var rows = new List<RowValue>();
        for (var b = 0; b < batches; b++)
        {
            var place = Place(b, batch);
            for (var o = 0; o < outputs; o++)
                rows.Add(rule(dims, [.. visits[o].Select(r => Term(problem, place, o, r))]));
        }
        var first = rule(dims, []);
        return new ReductionResult(shape,
            first.Values.Length > 0 ? [.. rows.SelectMany(row => row.Values)] : null,
            first.Indices.Length > 0 ? [.. rows.SelectMany(row => row.Indices)] : null);
    }

    static RowTerm Term(ReductionProblem problem, int[] place, int output, int reduced)
    {
        var (i, j) = problem.Axis == 1 ? (output, reduced) : (reduced, output);
        RowSource rows = v => problem.Arrays[v.Index].Row(v, place, v.Category == Category.I ? i : j);
        return new RowTerm(reduced,
            FormulaOracle.Evaluate(problem.Formula, rows),
            problem.Weight is { } weight ? FormulaOracle.Evaluate(weight, rows) : [1]);
    }

    static RowDims Check(ReductionProblem problem, string name)
    {
        if (problem.Axis is not (0 or 1)) throw new KeopsException($"The axis is {problem.Axis}, expected 0 or 1.");
        if (NeedScalar.Contains(name) && problem.Formula.Dim != 1)
            throw new KeopsException($"{name} reduces a formula of dimension 1, not {problem.Formula.Dim}.");
        if (problem.Weight is null && NeedWeight.Contains(name)) throw new KeopsException($"{name} needs a second formula.");
        if (problem.Weight is not null && !TakeWeight.Contains(name)) throw new KeopsException($"{name} takes no second formula.");
        var isKMin = name.Contains("KMin", StringComparison.Ordinal);
        if (isKMin && problem.K < 1) throw new KeopsException($"{name} needs K of at least 1, not {problem.K}.");
        foreach (var variable in problem.Variables)
        {
            if (variable.Index < 0 || variable.Index >= problem.Arrays.Count)
                throw new KeopsException($"Variable {variable.Index} has no argument: {problem.Arrays.Count} were given.");
            problem.Arrays[variable.Index].CheckAgainst(variable);
        }
        var declared = problem.Variables.ToHashSet();
        foreach (var variable in FormulaOracle.Variables(problem.Formula).Concat(problem.Weight is { } w ? FormulaOracle.Variables(w) : []))
            if (!declared.Contains(variable)) throw new KeopsException($"The formula uses {variable}, which is not declared.");
        return new RowDims(problem.Formula.Dim, problem.Weight?.Dim ?? 1, isKMin ? problem.K : 0);
    }

    static int Rows(ReductionProblem problem, Category category, int? stated)
    {
        int? rows = stated;
        foreach (var variable in problem.Variables.Where(v => v.Category == category))
        {
            var found = problem.Arrays[variable.Index].Rows(category);
            if (rows is { } before && before != found)
                throw new KeopsException($"Argument {variable.Index} has {found} rows where {before} were expected.");
            rows = found;
        }
        return rows ?? 1;
    }

    static int[] Batch(ReductionProblem problem)
    {
        int[]? batch = null;
        foreach (var variable in problem.Variables)
        {
            var array = problem.Arrays[variable.Index];
            var own = array.Shape[..array.BatchDims(variable.Category)];
            if (batch is null) { batch = own; continue; }
            if (own.Length != batch.Length || own.Zip(batch).Any(pair => pair.First != pair.Second && pair.First != 1 && pair.Second != 1))
                throw new KeopsException(
                    $"Argument {variable.Index} has batch dimensions ({string.Join(", ", own)}), others ({string.Join(", ", batch)}).");
            batch = [.. own.Zip(batch, (x, y) => x == 1 ? y : x)];
        }
        return batch ?? [];
    }

    static int[] Shape(int[] batch, int rows, RowDims dims, string name) => name switch
    {
        "LogSumExp" or "SumSoftMaxWeight" => [.. batch, rows, dims.Dg],
        "LogSumExpWeight" or "Max_SumShiftExp" or "Max_SumShiftExpWeight" => [.. batch, rows, 1 + dims.Dg],
        _ when dims.K > 0 => dims.D == 1 ? [.. batch, rows, dims.K] : [.. batch, rows, dims.K, dims.D],
        _ => [.. batch, rows, dims.D],
    };

    static int[] Place(int at, int[] batch)
    {
        var place = new int[batch.Length];
        for (var axis = batch.Length - 1; axis >= 0; axis--)
        {
            place[axis] = at % batch[axis];
            at /= batch[axis];
        }
        return place;
    }

    // In doubles, so that absurd sizes become large numbers and not small ones by overflow.
    static double Product(int[] sizes) => sizes.Aggregate(1.0, (product, size) => product * size);
}
