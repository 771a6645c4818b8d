using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Every name of the formula language.</summary>
public static class Operations
{
    static readonly FrozenDictionary<string, FormulaFunction> ByName = new[]
    {
        Leaves.All, Arithmetic.All, Powers.All, Elementary.All, Steps.All, Comparisons.All, Vectors.All, Extrema.All, Norms.All,
        Tensors.All, ComplexNumbers.All, Splines.All, TimeWarping.All, Calculus.All,
    }.SelectMany(family => family).ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);

    /// <summary>All of them, by name.</summary>
    public static ImmutableArray<FormulaFunction> All { get; } = [.. ByName.Values.OrderBy(f => f.Name, StringComparer.Ordinal)];

    /// <summary>The one of a name, or null.</summary>
    public static FormulaFunction? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The operations that are written with a symbol.</summary>
    internal static FrozenDictionary<(string Symbol, int Arity), Operation> Infix { get; } =
        ByName.Values.OfType<Operation>().Where(o => o.Infix is not null).ToFrozenDictionary(o => (o.Infix!.Value.Symbol, o.Arity));
}
