namespace Distributed.Keops.Kernels.Solvers;

/// <summary>One number for each system of a vector.</summary>
static class Coefficients
{
    public static double[] All(int systems, double value)
    {
        var coefficients = new double[systems];
        Array.Fill(coefficients, value);
        return coefficients;
    }
}
