using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>
/// A reduction of a formula string, to be called with arrays, as KeOps' Genred is. Immutable; one object serves any number of calls and
/// threads, and what it compiles is kept.
/// <code>
/// var gauss = new Genred("Exp(-g*SqDist(x,y))*b", ["x=Vi(3)", "y=Vj(3)", "b=Vj(1)", "g=Pm(1)"], axis: 1);
/// var result = await engine.ReduceAsync(gauss.Call(x, y, b, g));
/// </code>
/// </summary>
public sealed class Genred
{
    readonly Reduction _reduction;
    readonly ImmutableArray<Alias> _arguments;

    /// <summary>Reads the formula.</summary>
    /// <param name="formula">F, in the language of docs/formulas.md.</param>
    /// <param name="aliases">The arguments: <c>x = Vi(3)</c>, <c>y = Vj(1,3)</c> … Variables that
    /// only the formula names by <c>Var(…)</c> follow them.</param>
    /// <param name="reductionOp">The reduction's name.</param>
    /// <param name="axis">0 to reduce over i, the result being indexed by j; 1 to reduce over j.</param>
    /// <param name="optArg">K of the K-min reductions.</param>
    /// <param name="formula2">The weights, where the reduction has them.</param>
    /// <exception cref="KeopsException">The strings can't be read, or the parts do not fit together.</exception>
    public Genred(
        string formula, IEnumerable<string> aliases, string reductionOp = "Sum", int axis = 0, int? optArg = null, string? formula2 = null)
    {
        if (axis is not (0 or 1)) throw new KeopsException($"Axis {axis} of a Genred: expected 0 (over i) or 1 (over j).");
        var declared = AliasList.Parse(aliases);
        var first = FormulaParser.Parse(formula, declared);
        var second = formula2 is null ? null : FormulaParser.Parse(formula2, declared);
        _reduction = new Reduction(ReductionKind.Find(reductionOp), first, second, optArg, axis);
        _reduction.CreateMonoid(ElementType.Float64);
        _arguments = declared.ArgumentsFor(second is null ? [first] : [first, second]);
    }

    /// <summary>A reduction that was read already.</summary>
    /// <param name="reduction">What is computed.</param>
    /// <param name="arguments">The variables that arrays are given for: all of the
    /// reduction's, and possibly others, which only count rows; with the names that errors call them by.</param>
    public Genred(Reduction reduction, IEnumerable<Alias> arguments) => (_reduction, _arguments) = (reduction, [.. arguments]);

    /// <summary>Options of every call.</summary>
    public ReductionOptions Options { get; init; } = new();

    /// <summary>The variables, by place in the list of arguments.</summary>
    public IReadOnlyList<Variable> Arguments => [.. _arguments.Select(a => a.Variable)];

    /// <summary>A call with arrays, one for each place: <c>batch + (rows, D)</c>, of parameters <c>batch + (D,)</c>.</summary>
    /// <exception cref="KeopsException">
    /// Their number is another; dtypes or the numbers of batch dimensions differ (a size of 1 serves all batches). Sizes are checked when
    /// it is carried out.</exception>
    public ReductionCall Call(params ReadOnlySpan<NdArray> arguments)
    {
        var expected = _arguments.Length == 0 ? 0 : _arguments.Max(a => a.Variable.Index) + 1;
        if (arguments.Length != expected) throw new KeopsException($"{arguments.Length} arguments were given, expected {expected}.");
        var variables = ImmutableArray.CreateBuilder<BoundVariable>();
        int? batchDims = null;
        foreach (var (name, variable) in _arguments)
        {
            var array = arguments[variable.Index];
            var dims = array.Shape.Count - (variable.Category == Category.Parameter ? 1 : 2);
            if (batchDims is { } others && others != dims)
                throw new KeopsException(
                    $"Argument {variable.Index}{(name is null ? "" : $", '{name}',")} is {array}: expected {others} batch dimensions, as "
                    + "others have; 1 serves all batches.");
            batchDims = dims;
            variables.Add(new BoundVariable(variable, new TensorData(array)) { Name = name });
        }

        var all = variables.ToImmutable();
        return new ReductionCall(_reduction, CallData.TypeOf(all) ?? ElementType.Float64, all) { Options = Options };
    }
}
