using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// The soft dynamic-time-warping cost of two sequences of numbers (Cuturi and Blondel, 2017). As a formula its n·m cells would be a tree
/// of exponential size, so value and gradient are operations that fill the table themselves.
/// </summary>
static class TimeWarping
{
    /// <summary>The largest table: a program computes each cell by operations of its own.</summary>
    const int MaxCells = 1 << 16;

    public static readonly Operation Cost = new()
    {
        Name = "SoftDTW_SqDist",
        Arity = 3,
        Dim = (a, _) => Dim("SoftDTW_SqDist", a),
        Gradient = (f, k, e) => k < 2
            ? e * (k == 0 ? GradientX : GradientY)!.Apply(f.Arguments.AsSpan())
            : throw new FormulaException("SoftDTW_SqDist has no derivative by its smoothing parameter."),
        Lower = (b, _, v) => new SoftTable(b, v[0], v[1], v[2]).Cost,
    };

    public static readonly Operation GradientX = Gradient("SoftDTW_SqDistGradX", 0);

    public static readonly Operation GradientY = Gradient("SoftDTW_SqDistGradY", 1);

    public static readonly ImmutableArray<FormulaFunction> All = [Cost, GradientX, GradientY];

    static Operation Gradient(string name, int argument) => new()
    {
        Name = name,
        Arity = 3,
        Dim = (a, _) =>
        {
            Dim(name, a);
            return a[argument].Dim;
        },
        Lower = (b, _, v) => new SoftTable(b, v[0], v[1], v[2]).Gradient(argument),
    };

    static int Dim(string name, ImmutableArray<Formula> a)
    {
        if (a[2].Dim != 1) throw new FormulaException($"{name} with a smoothing parameter of dimension {a[2].Dim}: expected 1.");
        if ((long)a[0].Dim * a[1].Dim > MaxCells)
            throw new FormulaException($"{name} of sequences of {a[0].Dim} and {a[1].Dim} numbers: expected at most {MaxCells} pairs.");
        return 1;
    }
}
