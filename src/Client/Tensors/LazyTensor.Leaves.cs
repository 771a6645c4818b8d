using System.Collections.Immutable;
using System.Numerics;
using Apache.Arrow;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Variables, parameters and constants.</summary>
public partial class LazyTensor
{
    /// <summary>An integer as a constant of the formula.</summary>
    public static implicit operator LazyTensor(int value) => new(Formula.IntCst(value), TensorContext.Empty);

    /// <summary>A number as a parameter, in the dtype of whatever it is combined with.</summary>
    public static implicit operator LazyTensor(double value) => Pm(value);

    /// <summary>A complex number as a parameter.</summary>
    public static implicit operator LazyTensor(Complex value) => ComplexLazyTensor.Pm(value);

    /// <summary>A vector as a parameter of dtype float16.</summary>
    public static implicit operator LazyTensor(Half[] values) => Of(values);

    /// <summary>A vector as a parameter of dtype float32.</summary>
    public static implicit operator LazyTensor(float[] values) => Of(values);

    /// <summary>A vector as a parameter of dtype float64.</summary>
    public static implicit operator LazyTensor(double[] values) => Of(values);

    /// <summary>
    /// An array, understood by its shape as KeOps does: <c>(D,)</c> is a parameter; <c>(rows, D)</c> is indexed by the side that
    /// <paramref name="axis"/> names; <c>batch + (M, 1, D)</c>, <c>(1, N, D)</c> and <c>(1, 1, D)</c> are indexed by i, by j, and by
    /// neither. A complex array gives a <see cref="ComplexLazyTensor"/>.
    /// </summary>
    /// <param name="array">The values; they stay the caller's.</param>
    /// <param name="axis">0 for i, 1 for j, 2 for a parameter <c>batch + (D,)</c>; only with arrays of one or two dimensions.</param>
    /// <exception cref="KeopsException">The shape is none of these, or the axis does not go with it.</exception>
    public static LazyTensor Of(NdArray array, int? axis = null)
    {
        ArgumentNullException.ThrowIfNull(array);
        var shape = array.Shape;
        if (axis is not (null or 0 or 1 or 2))
            throw new KeopsException($"Axis {axis} of an array: expected 0 (i), 1 (j) or 2 (a parameter).");
        if (shape.Count <= 1)
        {
            if (axis is 0 or 1) throw new KeopsException($"{array} is a parameter: expected no axis, or 2.");
            return Bind(Category.Parameter, array.Reshape(array.Length));
        }

        if (shape.Count == 2)
            return axis is { } side
                ? Bind((Category)side, array)
                : throw new KeopsException($"{array} needs an axis: 0 for i, 1 for j, 2 for a parameter.");
        if (axis is not null) throw new KeopsException($"{array} says by its dimensions of 1 what indexes it: expected no axis.");
        long[] batch = [.. shape.SkipLast(3)];
        return (shape[^3], shape[^2]) switch
        {
            (1, 1) => Bind(Category.Parameter, array.Reshape([.. batch, shape[^1]])),
            (1, var n) => Bind(Category.J, array.Reshape([.. batch, n, shape[^1]])),
            (var m, 1) => Bind(Category.I, array.Reshape([.. batch, m, shape[^1]])),
            _ => throw new KeopsException($"{array}: expected (…, M, 1, D), (…, 1, N, D) or (…, 1, 1, D)."),
        };
    }

    /// <summary>A variable indexed by i: <c>batch + (M, D)</c>.</summary>
    /// <exception cref="KeopsException">The array has fewer than two dimensions.</exception>
    public static LazyTensor Vi(NdArray rows) => Bind(Category.I, Rows(rows));

    /// <summary>A variable indexed by i: rows of <paramref name="dim"/> values each.</summary>
    public static LazyTensor Vi(ReadOnlyMemory<float> values, int dim) => Vi(ArrayRows.Of(values, dim));

    /// <inheritdoc cref="Vi(ReadOnlyMemory{float}, int)"/>
    public static LazyTensor Vi(ReadOnlyMemory<Half> values, int dim) => Vi(ArrayRows.Of(values, dim));

    /// <inheritdoc cref="Vi(ReadOnlyMemory{float}, int)"/>
    public static LazyTensor Vi(ReadOnlyMemory<double> values, int dim) => Vi(ArrayRows.Of(values, dim));

    /// <summary>A variable indexed by i: an Arrow array of numbers or of fixed-size lists of them.</summary>
    public static LazyTensor Vi(IArrowArray array, ElementType type = ElementType.Float32) => Vi(ArrowRows.Of(array, type));

    /// <summary>A variable indexed by i: any source of rows.</summary>
    public static LazyTensor Vi(IRowSource rows) => Bind(Category.I, rows);

    /// <summary>A symbolic variable indexed by i, whose data are given when the reduction is called
    /// (<see cref="ReductionCall.Bind"/>).</summary>
    /// <param name="index">Its place among the symbolic variables.</param>
    /// <param name="dim">Its dimension.</param>
    public static LazyTensor Vi(int index, int dim) => Var(index, dim, Category.I);

    /// <summary>A variable indexed by j: <c>batch + (N, D)</c>.</summary>
    /// <exception cref="KeopsException">The array has fewer than two dimensions.</exception>
    public static LazyTensor Vj(NdArray rows) => Bind(Category.J, Rows(rows));

    /// <summary>A variable indexed by j: rows of <paramref name="dim"/> values each.</summary>
    public static LazyTensor Vj(ReadOnlyMemory<float> values, int dim) => Vj(ArrayRows.Of(values, dim));

    /// <inheritdoc cref="Vj(ReadOnlyMemory{float}, int)"/>
    public static LazyTensor Vj(ReadOnlyMemory<Half> values, int dim) => Vj(ArrayRows.Of(values, dim));

    /// <inheritdoc cref="Vj(ReadOnlyMemory{float}, int)"/>
    public static LazyTensor Vj(ReadOnlyMemory<double> values, int dim) => Vj(ArrayRows.Of(values, dim));

    /// <summary>A variable indexed by j: an Arrow array of numbers or of fixed-size lists of them.</summary>
    public static LazyTensor Vj(IArrowArray array, ElementType type = ElementType.Float32) => Vj(ArrowRows.Of(array, type));

    /// <summary>A variable indexed by j: any source of rows.</summary>
    public static LazyTensor Vj(IRowSource rows) => Bind(Category.J, rows);

    /// <summary>A symbolic variable indexed by j.</summary>
    /// <inheritdoc cref="Vi(int, int)"/>
    public static LazyTensor Vj(int index, int dim) => Var(index, dim, Category.J);

    /// <summary>A parameter: one vector for the whole call, in the dtype of whatever it is combined with.</summary>
    public static LazyTensor Pm(params double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Bind(new Variable(Interlocked.Increment(ref s_lastDataVariable), values.Length, Category.Parameter),
            new ParameterData([[.. values]]), TensorContext.Empty);
    }

    /// <summary>A parameter <c>batch + (D,)</c> with the array's dtype.</summary>
    public static LazyTensor Pm(NdArray values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Bind(Category.Parameter, values.Shape.Count == 0 ? values.Reshape(1) : values);
    }

    /// <summary>A symbolic parameter.</summary>
    /// <inheritdoc cref="Vi(int, int)"/>
    public static LazyTensor Pm(int index, int dim) => Var(index, dim, Category.Parameter);

    /// <summary>A symbolic variable, whose data are given when the reduction is called (<see cref="ReductionCall.Bind"/>).</summary>
    /// <param name="index">Its place among the symbolic variables.</param>
    /// <param name="dim">Its dimension.</param>
    /// <param name="category">What indexes it.</param>
    /// <exception cref="KeopsException">The index is negative or larger than 2³⁰.</exception>
    public static LazyTensor Var(int index, int dim, Category category)
    {
        if (index is < 0 or >= FirstDataVariable)
            throw new KeopsException($"A symbolic variable number {index}: expected 0 to {FirstDataVariable - 1}.");
        return Bind(new Variable(index, dim, category), new SymbolicData(index), new TensorContext
        {
            I = category == Category.I ? Extent.Unknown : default,
            J = category == Category.J ? Extent.Unknown : default,
        });
    }

    /// <summary>A variable indexed by i or j: columns of Parquet or Arrow files, such as <c>lake/points.parquet:x,y,z</c>.</summary>
    /// <param name="spec">Path and columns; their number, or a list column's length
    /// given in <paramref name="dim"/>, is the dimension.</param>
    /// <param name="category">i or j.</param>
    /// <param name="type">The dtype that the values are read as.</param>
    /// <param name="dim">The dimension, where it is not the number of columns named.</param>
    /// <exception cref="ArgumentException">No columns and no dimension were given.</exception>
    public static LazyTensor FromCloud(CloudSpec spec, Category category, ElementType type = ElementType.Float32, int? dim = null)
    {
        var width = dim ?? spec.Columns.Length;
        if (width == 0) throw new ArgumentException($"{spec} names no columns: name them, or give the dimension.", nameof(spec));
        return Bind(NewVariable(width, category), new CloudData(spec), Side(category, Extent.Unknown) with { Type = type });
    }

    private protected static Variable NewVariable(int dim, Category category) =>
        new(Interlocked.Increment(ref s_lastDataVariable), dim, category);

    private protected static LazyTensor Bind(Variable variable, VariableData data, TensorContext context) => new(
        Formula.Var(variable), context with { Variables = context.Variables.Add(variable.Index, new BoundVariable(variable, data)) });

    static LazyTensor Bind(Category category, IRowSource rows) =>
        Bind(NewVariable(rows.Dim, category), new ArrayData([rows]), Side(category, Extent.Of(rows.RowCount)) with { Type = rows.Type });

    static LazyTensor Bind(Category category, NdArray array)
    {
        if (array.Type is not { } type)
            throw new KeopsException($"{array} can't be data of a formula: convert it to a floating point type.");
        var dim = checked((int)array.Shape[^1] * (array.IsComplex ? 2 : 1));
        if (dim == 0) throw new KeopsException($"{array} has vectors of length 0: expected at least 1.");
        var own = category == Category.Parameter ? 1 : 2;
        var context = (category == Category.Parameter ? TensorContext.Empty : Side(category, Extent.Of(array.Shape[^2]))) with
        {
            Type = type,
            Batch = [.. array.Shape.SkipLast(own).Select(size => checked((int)size))],
        };
        var tensor = Bind(NewVariable(dim, category), new TensorData(array), context);
        return array.IsComplex ? new ComplexLazyTensor(tensor.Formula, tensor.Context) : tensor;
    }

    static TensorContext Side(Category category, Extent extent) =>
        category == Category.I ? new TensorContext { I = extent } : new TensorContext { J = extent };

    static NdArray Rows(NdArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        return array.Shape.Count >= 2
            ? array
            : throw new KeopsException($"{array} has no rows: expected (rows, D), after batch dimensions.");
    }
}
