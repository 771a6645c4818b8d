using System.Globalization;

namespace Distributed.Keops.Conformance;

/// <summary>Compares what a call gave with what it should have given.</summary>
public static class Comparison
{
    /// <summary>The first difference in words, or null when everything agrees.</summary>
    public static string? Difference(IReadOnlyList<CaseArray> expected, IReadOnlyList<CaseArray> got, double rtol, double atol)
    {
        if (expected.Count != got.Count) return $"expected {expected.Count} outputs, got {got.Count}";
        return expected.Zip(got, (e, g) => Difference(e, g, rtol, atol)).FirstOrDefault(difference => difference is not null);
    }

    static string? Difference(CaseArray expected, CaseArray got, double rtol, double atol)
    {
        if (!expected.Shape.SequenceEqual(got.Shape)) return $"expected shape {expected.ShapeText}, got {got.ShapeText}";
        if (got.Data.Length != expected.Data.Length) return $"expected {expected.Data.Length} values, got {got.Data.Length}";
        if (expected.IsComplex != got.IsComplex)
            return expected.IsComplex ? "expected complex numbers, got real ones" : "expected real numbers, got complex ones";
        if (expected.Dtype != got.Dtype) return $"expected {expected.Dtype}, got {got.Dtype}";
        var exact = expected.Dtype == CaseArray.IndexDtype;
        var wrong = Enumerable.Range(0, expected.Data.Length)
            .Where(k => !Agree(expected.Data[k], got.Data[k], exact ? 0 : rtol, exact ? 0 : atol)).ToArray();
        if (wrong.Length == 0) return null;
        var first = wrong[0];
        var worst = wrong.Max(k => Error(expected.Data[k], got.Data[k]));
        return string.Create(CultureInfo.InvariantCulture,
            $"expected {expected.Data[first]:R}, got {got.Data[first]:R} at "
            + $"{Position(expected.IsComplex ? first / 2 : first, expected.Shape)}; {wrong.Length} of {expected.Data.Length} values "
            + $"differ, max error {worst:G3}");
    }

    // Equality covers the infinities, whose difference is not a number.
    static bool Agree(double expected, double got, double rtol, double atol) =>
        expected == got
        || (double.IsNaN(expected) && double.IsNaN(got))
        || (double.IsFinite(expected) && Math.Abs(got - expected) <= atol + rtol * Math.Abs(expected));

    static double Error(double expected, double got) =>
        double.IsFinite(expected) && double.IsFinite(got) ? Math.Abs(got - expected) : double.PositiveInfinity;

    static string Position(int offset, int[] shape)
    {
        var coordinates = new int[shape.Length];
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            coordinates[axis] = offset % shape[axis];
            offset /= shape[axis];
        }
        return $"[{string.Join(", ", coordinates)}]";
    }
}
