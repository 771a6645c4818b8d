using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>Results of the forward pass as values of a gradient's variables.</summary>
static class ForwardValues
{
    /// <summary>One result, as <see cref="ForwardContent"/> says.</summary>
    /// <param name="results">Values, then row numbers where there are some.</param>
    /// <param name="output">Which.</param>
    /// <param name="content">What becomes of it.</param>
    /// <param name="type">The call's dtype.</param>
    /// <param name="dim">Values for each row.</param>
    public static NdArray Convert(IReadOnlyList<ResultArray> results, int output, ForwardContent content, ElementType type, int dim) =>
        content switch
    {
        ForwardContent.Values => results[output],
        ForwardContent.FiniteValues => Replaced(results[output], type, double.IsNegativeInfinity, Lowest(type)),
        ForwardContent.Means => Replaced(results[output], type, double.IsNaN, 0),
        _ => Split(results[output], results[output - 1], type, dim),
    };

    static double Lowest(ElementType type) =>
        type switch { ElementType.Float64 => double.MinValue, ElementType.Float32 => float.MinValue, _ => (double)Half.MinValue };

    static NdArray Replaced(ResultArray values, ElementType type, Predicate<double> which, double replacement)
    {
        var replaced = values.ToDoubles(0, checked((int)values.Length));
        for (var k = 0; k < replaced.Length; k++) replaced[k] = which(replaced[k]) ? replacement : replaced[k];
        return ToArray(replaced, type, values.Shape);
    }

    /// <summary>For each row of the result the lowest digits of its numbers, then the next ones.</summary>
    static NdArray Split(ResultArray numbers, ResultArray values, ElementType type, int dim)
    {
        var digits = SelectedRows.Digits(type);
        var perRow = dim / digits;
        var rows = numbers.Indices;
        var taken = values.ToDoubles(0, checked((int)values.Length));
        var split = new double[checked(digits * rows.Length)];
        for (var k = 0; k < rows.Length; k++)
        {
            for (var digit = 0; digit < digits; digit++)
                split[k / perRow * dim + digit * perRow + k % perRow] =
                    double.IsFinite(taken[k]) ? SelectedRows.Digit(rows[k], digit, type) : -1;
        }

        return ToArray(split, type, [split.Length]);
    }

    static NdArray ToArray(double[] values, ElementType type, IReadOnlyList<long> shape)
    {
        var bytes = new byte[values.Length * type.Size()];
        VectorRows.Narrow(values, type, bytes);
        return new NdArray(bytes, type, shape);
    }
}
