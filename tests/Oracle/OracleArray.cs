using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Oracle;

/// <summary>A row-major array of doubles.</summary>
/// <param name="Shape">Batch dimensions, then (rows, D) for an i- or j-variable or (D) for a parameter.</param>
/// <param name="Data">The values, as many as the shape says.</param>
public sealed record OracleArray(int[] Shape, double[] Data)
{
    /// <summary>The number of dimensions before the rows.</summary>
    internal int BatchDims(Category category) => Shape.Length - (category == Category.Parameter ? 1 : 2);

    /// <summary>The number of rows, 1 for a parameter.</summary>
    internal int Rows(Category category) => category == Category.Parameter ? 1 : Shape[^2];

    /// <summary>The values at one place of the batch and one row; a batch dimension of 1 serves every place.</summary>
    internal ReadOnlySpan<double> Row(Variable variable, ReadOnlySpan<int> batch, int row)
    {
        var offset = 0;
        for (var axis = 0; axis < batch.Length; axis++)
            offset = offset * Shape[axis] + (Shape[axis] == 1 ? 0 : batch[axis]);
        offset = offset * Rows(variable.Category) + (variable.Category == Category.Parameter ? 0 : row);
        return Data.AsSpan(offset * variable.Dim, variable.Dim);
    }

    /// <summary>Checks that the array can hold the values of a variable.</summary>
    /// <exception cref="KeopsException">Its number of dimensions, its last dimension or its length do not fit.</exception>
    internal void CheckAgainst(Variable variable)
    {
        var shape = $"({string.Join(", ", Shape)})";
        if (BatchDims(variable.Category) < 0)
            throw new KeopsException(
                $"Argument {variable.Index} has shape {shape}: too few dimensions for a variable of category {variable.Category}.");
        if (Shape[^1] != variable.Dim)
            throw new KeopsException(
                $"Argument {variable.Index} has shape {shape}, but its variable is declared with dimension {variable.Dim}.");
        if (Shape.Any(size => size < 0) || Shape.Aggregate(1.0, (product, size) => product * size) != Data.Length)
            throw new KeopsException($"Argument {variable.Index} has shape {shape} and {Data.Length} values.");
    }
}
