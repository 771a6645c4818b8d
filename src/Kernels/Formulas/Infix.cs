namespace Distributed.Keops.Kernels.Formulas;

/// <summary>How an operation is written as a symbol.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Precedence">How tightly it binds, as in Python: one of the constants here.</param>
public readonly record struct Infix(string Symbol, int Precedence)
{
    internal const int Comparison = 1;
    internal const int ScalarProduct = 2;
    internal const int Sum = 3;
    internal const int Product = 4;
    internal const int Sign = 5;
    internal const int Power = 6;
    internal const int Call = 7;
}
