using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>
/// A linear system whose matrix is a formula string, to be called with arrays, as KeOps' KernelSolve is. Immutable; one object serves any
/// number of calls and threads.
/// <code>
/// var solve = new KernelSolve("Exp(-g*SqDist(x,y))*a", ["x=Vi(3)", "y=Vj(3)", "a=Vj(1)", "g=Pm(1)"], "a", axis: 1);
/// var result = await engine.SolveAsync(solve.Call(x, x, b, g) with { Alpha = 1e-3 });
/// </code>
/// </summary>
public sealed class KernelSolve
{
    readonly Genred _product;

    /// <summary>Reads the formula.</summary>
    /// <param name="formula">F, linear in the unknown.</param>
    /// <param name="aliases">The arguments: <c>x = Vi(3)</c>, <c>y = Vj(1,3)</c> …</param>
    /// <param name="varalias">The name of the unknown among them; its argument is the right-hand side.</param>
    /// <param name="axis">0 to sum over i, 1 over j: the side of the unknown.</param>
    /// <exception cref="KeopsException">The strings can't be read, or the unknown is no argument.</exception>
    public KernelSolve(string formula, IEnumerable<string> aliases, string varalias, int axis = 0)
    {
        string[] declared = [.. aliases];
        var list = AliasList.Parse(declared);
        Unknown = list.Find(varalias)
            ?? throw new KeopsException($"The unknown '{varalias}' is none of the aliases {string.Join(", ", list.Names)}.");
        _product = new Genred(formula, declared, "Sum", axis);
    }

    /// <summary>Options of every product.</summary>
    public ReductionOptions Options { get; init; } = new();

    /// <summary>The variable that is solved for.</summary>
    public Variable Unknown { get; }

    /// <summary>The variables, by place in the list of arguments.</summary>
    public IReadOnlyList<Variable> Arguments => _product.Arguments;

    /// <summary>
    /// A system with arrays, one for each place, as <see cref="Genred.Call"/> takes them; α, eps and limits are those of a new
    /// <see cref="SolveCall"/>.
    /// </summary>
    /// <exception cref="KeopsException">Their number is another; dtypes or the numbers of batch dimensions differ.</exception>
    public SolveCall Call(params ReadOnlySpan<NdArray> arguments) => new(_product.Call(arguments) with { Options = Options }, Unknown);
}
