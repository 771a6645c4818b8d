using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Oracle;

/// <summary>Keeps the oracle to problems that naive loops finish in seconds and hold
/// in memory; everything else is refused at once.</summary>
static class OracleCost
{
    const double MostSteps = 5e8;
    const double MostNumbers = 5e7;

    /// <summary>Refuses what is too large.</summary>
    /// <param name="pairs">How many pairs are visited.</param>
    /// <param name="longestRow">The most pairs one output row visits.</param>
    /// <param name="outputs">How many numbers the result holds.</param>
    /// <param name="formulas">What is evaluated at every pair.</param>
    /// <exception cref="KeopsException">It is too large.</exception>
    public static void Check(double pairs, double longestRow, double outputs, params Formula[] formulas)
    {
        var steps = formulas.Sum(Steps);
        if (Math.Max(1, pairs) * steps > MostSteps)
            throw new KeopsException($"{pairs} pairs of {steps} steps each are too many for the oracle, at most {MostSteps} in all.");
        // The terms of a row are held together; 8 stands for what an entry of the list takes.
        if (longestRow * formulas.Sum(formula => formula.Dim + 8.0) > MostNumbers)
            throw new KeopsException($"A row of {longestRow} terms is too long for the oracle.");
        if (outputs > MostNumbers) throw new KeopsException($"{outputs} results are too many for the oracle, at most {MostNumbers}.");
    }

    // In doubles: dimensions multiply beyond any integer.
    static double Steps(Formula formula)
    {
        var seen = new HashSet<Formula>(ReferenceEqualityComparer.Instance);
        return Walk(formula);

        double Walk(Formula node) => seen.Add(node) ? Own(node) + node.Arguments.Sum(Walk) : 0;
    }

    static double Own(Formula node) => node.Operation.Name switch
    {
        "TensorDot" or "Kron" or "SoftDTW_SqDist" =>
            node.Arguments.Aggregate((double)node.Dim, (product, argument) => product * argument.Dim),
        // The books' recursion calls itself twice per degree.
        "BSpline" => node.Dim * Math.Pow(2, node.Parameters[0]),
        _ => node.Dim + node.Arguments.Sum(argument => (double)argument.Dim),
    };
}
