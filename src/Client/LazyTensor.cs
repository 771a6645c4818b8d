using System.Collections.Immutable;
using Apache.Arrow;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>
/// A symbolic M × N × D tensor <c>F(p, x_i, y_j)</c> with the data of its variables, never stored: combined by operators, then reduced.
/// Immutable and safe to share between threads; arrays stay the caller's.
/// <code>
/// var x = LazyTensor.Vi(points);                       // M × 1 × 3
/// var y = LazyTensor.Vj(points);                       // 1 × N × 3
/// var k = (-x.SqDist(y) / 0.02).Exp();                 // M × N × 1
/// var density = await engine.ReduceAsync(k.Sum(axis: 1));
/// </code>
/// </summary>
public sealed partial class LazyTensor
{
    // Every variable gets a number of its own; a reduction renumbers them from 0 in order of appearance.
    static int s_nextVariable;

    LazyTensor(Formula formula, ImmutableDictionary<int, BoundVariable> variables, ElementType? type) =>
        (Formula, Variables, Type) = (formula, variables, type);

    /// <summary>The formula; variables carry numbers that are unique in the process.</summary>
    public Formula Formula { get; }

    /// <summary>The dimension of the vector at each pair.</summary>
    public int Dim => Formula.Dim;

    /// <summary>The dtype of its data; null while only parameters and constants take part.</summary>
    public ElementType? Type { get; }

    internal ImmutableDictionary<int, BoundVariable> Variables { get; }

    /// <summary>A variable indexed by i: the rows of a matrix.</summary>
    public static LazyTensor Vi(float[,] rows) => Vi(ArrayRows.Of(rows));

    /// <inheritdoc cref="Vi(float[,])"/>
    public static LazyTensor Vi(double[,] rows) => Vi(ArrayRows.Of(rows));

    /// <summary>A variable indexed by i: rows of <paramref name="dim"/> values each.</summary>
    public static LazyTensor Vi(ReadOnlyMemory<float> values, int dim) => Vi(ArrayRows.Of(values, dim));

    /// <inheritdoc cref="Vi(ReadOnlyMemory{float}, int)"/>
    public static LazyTensor Vi(ReadOnlyMemory<double> values, int dim) => Vi(ArrayRows.Of(values, dim));

    /// <summary>A variable indexed by i: an Arrow array of numbers or of fixed-size lists of them.</summary>
    public static LazyTensor Vi(IArrowArray array, ElementType type = ElementType.Float32) => Vi(ArrowRows.Of(array, type));

    /// <summary>A variable indexed by i: any source of rows.</summary>
    public static LazyTensor Vi(IRowSource rows) => Rows(rows, Category.I);

    /// <summary>A variable indexed by j: the rows of a matrix.</summary>
    public static LazyTensor Vj(float[,] rows) => Vj(ArrayRows.Of(rows));

    /// <inheritdoc cref="Vj(float[,])"/>
    public static LazyTensor Vj(double[,] rows) => Vj(ArrayRows.Of(rows));

    /// <summary>A variable indexed by j: rows of <paramref name="dim"/> values each.</summary>
    public static LazyTensor Vj(ReadOnlyMemory<float> values, int dim) => Vj(ArrayRows.Of(values, dim));

    /// <inheritdoc cref="Vj(ReadOnlyMemory{float}, int)"/>
    public static LazyTensor Vj(ReadOnlyMemory<double> values, int dim) => Vj(ArrayRows.Of(values, dim));

    /// <summary>A variable indexed by j: an Arrow array of numbers or of fixed-size lists of them.</summary>
    public static LazyTensor Vj(IArrowArray array, ElementType type = ElementType.Float32) => Vj(ArrowRows.Of(array, type));

    /// <summary>A variable indexed by j: any source of rows.</summary>
    public static LazyTensor Vj(IRowSource rows) => Rows(rows, Category.J);

    /// <summary>A parameter: one vector for the whole call.</summary>
    public static LazyTensor Pm(params double[] values) =>
        Bind(Category.Parameter, values.Length, new ParameterData([[.. values]]), null);

    /// <summary>A variable indexed by i or j: columns of Parquet or Arrow files, such as <c>lake/points.parquet:x,y,z</c>.</summary>
    /// <param name="spec">Path and columns; their number, or a list column's length given in <paramref name="dim"/>, is the dimension.</param>
    /// <param name="category">i or j.</param>
    /// <param name="type">The dtype that the values are read as.</param>
    /// <param name="dim">The dimension, where it is not the number of columns named.</param>
    /// <exception cref="ArgumentException">No columns and no dimension were given.</exception>
    public static LazyTensor FromCloud(CloudSpec spec, Category category, ElementType type = ElementType.Float32, int? dim = null)
    {
        var width = dim ?? spec.Columns.Length;
        if (width == 0) throw new ArgumentException($"{spec} names no columns: name them, or give the dimension.", nameof(spec));
        return Bind(category, width, new CloudData(spec), type);
    }

    static LazyTensor Rows(IRowSource rows, Category category) => Bind(category, rows.Dim, new ArrayData([rows]), rows.Type);

    static LazyTensor Bind(Category category, int dim, VariableData data, ElementType? type)
    {
        var variable = new Variable(Interlocked.Increment(ref s_nextVariable), dim, category);
        return new LazyTensor(Formula.Var(variable), ImmutableDictionary<int, BoundVariable>.Empty.Add(variable.Index, new(variable, data)), type);
    }

    internal static ElementType? Join(ElementType? a, ElementType? b) => a is null || b is null || a == b
        ? a ?? b
        : throw new KeopsException($"Data of {a.Value.Name()} and {b.Value.Name()} in one formula: convert one of them.");
}
