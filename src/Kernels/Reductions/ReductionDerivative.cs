using System.Collections.Frozen;
using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>A name under which KeOps' strings ask for the derivative of a whole reduction; the result is a reduction again.</summary>
/// <param name="Name">The name.</param>
/// <param name="Formulas">The fewest and the most formulas that follow the reduction and the variable.</param>
/// <param name="Signature">How it is called, for messages.</param>
/// <param name="Take">The derivative, by reduction, variable and those formulas.</param>
sealed record ReductionDerivative(
    string Name, Range Formulas, string Signature, Func<Reduction, Variable, ImmutableArray<Formula>, Reduction> Take)
{
    static readonly ReductionDerivative[] Entries =
    [
        new("Grad", 0..1, "Grad(reduction, v, optional e)", (r, v, a) => r.Gradient(v, a.Length > 0 ? a[0] : null, null)),
        new("Grad_WithSavedForward", 2..2, "Grad_WithSavedForward(reduction, v, e, result)", (r, v, a) => r.Gradient(v, a[0], a[1])),
        new("Diff", 1..1, "Diff(reduction, v, u)", (r, v, a) => r.Differential(v, a[0], null)),
        new("Diff_WithSavedForward", 2..2, "Diff_WithSavedForward(reduction, v, u, result)", (r, v, a) => r.Differential(v, a[0], a[1])),
    ];

    /// <summary>All of them, by name.</summary>
    public static FrozenDictionary<string, ReductionDerivative> All { get; } = Entries.ToFrozenDictionary(
        d => d.Name, StringComparer.Ordinal);
}
