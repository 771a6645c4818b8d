namespace Distributed.Keops.Kernels.Formulas;

/// <summary>What indexes a variable; the numbers are those of KeOps' <c>Var(index, dim, category)</c>.</summary>
public enum Category
{
    /// <summary>One row per i: <c>Vi</c>.</summary>
    I = 0,

    /// <summary>One row per j: <c>Vj</c>.</summary>
    J = 1,

    /// <summary>One vector for the whole call: <c>Pm</c>.</summary>
    Parameter = 2,
}
