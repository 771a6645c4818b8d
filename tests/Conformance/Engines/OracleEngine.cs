using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Oracle;

namespace Distributed.Keops.Conformance;

/// <summary>Answers calls with the naive double-precision oracle; float32 results are rounded at the very end.</summary>
public sealed class OracleEngine : ISolveEngine
{
    /// <inheritdoc/>
    public CaseResult Run(GenredCall call)
    {
        var result = ReductionOracle.Reduce(Problem(call));
        var outputs = new List<CaseArray>();
        if (result.Values is { } values) outputs.Add(new CaseArray(result.Shape, CaseArray.Rounded(values, call.Dtype), call.Dtype));
        if (result.Indices is { } indices)
            outputs.Add(new CaseArray(result.Shape, [.. indices.Select(i => (double)i)], CaseArray.IndexDtype));
        return new CaseResult(outputs);
    }

    /// <inheritdoc/>
    public CaseResult Solve(SolveCase system)
    {
        var problem = Problem(system.Product);
        var unknown = AliasList.Parse(system.Product.Aliases).Find(system.Unknown)
            ?? throw new KeopsException($"No alias '{system.Unknown}'.");
        var (shape, solution) = SolveOracle.Solve(problem, unknown, system.Alpha);
        return new CaseResult([new CaseArray(shape, CaseArray.Rounded(solution, system.Product.Dtype), system.Product.Dtype)]);
    }

    static ReductionProblem Problem(GenredCall call)
    {
        call.Options.Check(call.Reduction, call.Dtype);
        foreach (var arg in call.Args)
            if (arg.Dtype != call.Dtype) throw new KeopsException($"Argument {arg.Name} is {arg.Dtype}, the call {call.Dtype}.");
        if (call.Ranges is { Count: not 6 }) throw new KeopsException($"Ranges are six arrays, not {call.Ranges.Count}.");

        var aliases = AliasList.Parse(call.Aliases);
        var reduction = call.Read(aliases);
        var (formula, weight) = (reduction.Formula, reduction.Weight);
        List<Variable> variables = [
            .. aliases.ArgumentsFor(weight is null ? [formula] : [formula, weight]).Select(alias => alias.Variable)];
        CheckArguments(call, variables);
        return new ReductionProblem
        {
            Reduction = call.Reduction,
            Formula = formula,
            Weight = weight,
            K = call.OptArg ?? 0,
            Axis = call.Axis,
            Variables = variables,
            Arrays = [.. call.Args.Select(arg => new OracleArray(arg.Shape, arg.Data))],
            Nx = call.Nx,
            Ny = call.Ny,
            Ranges = call.Ranges is { } six ? OracleRanges.ForAxis(six, call.Axis) : null,
        };
    }

    static void CheckArguments(GenredCall call, List<Variable> variables)
    {
        var expected = variables.Count == 0 ? 0 : variables.Max(variable => variable.Index) + 1;
        if (call.Args.Count != expected) throw new KeopsException($"{call.Args.Count} arguments were given, expected {expected}.");
        foreach (var variable in variables)
        {
            var arg = call.Args[variable.Index];
            var dims = call.BatchDims + (variable.Category == Category.Parameter ? 1 : 2);
            if (arg.Shape.Length != dims)
                throw new KeopsException(
                    $"Argument {arg.Name} has shape {arg.ShapeText}, expected {dims} dimensions ({call.BatchDims} of them batch).");
        }
    }
}
