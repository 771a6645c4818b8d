namespace Distributed.Keops.Kernels.Formulas;

/// <summary>An argument of a formula.</summary>
/// <param name="Index">Its position in the argument list; negative for a placeholder that is never given.</param>
/// <param name="Dim">The dimension of one row.</param>
/// <param name="Category">What indexes it.</param>
public readonly record struct Variable(int Index, int Dim, Category Category);
