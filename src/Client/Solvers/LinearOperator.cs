using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Solvers;

namespace Distributed.Keops.Client;

/// <summary>
/// A reduction that is linear in one of its variables, as a matrix that is known by its products: what iterative methods take. It is not
/// stored. Safe for several threads; the engine stays its owner's.
/// <code>
/// var k = new LinearOperator(engine, kernel.Call(x, y, b), kernel.Arguments[2]);
/// var eigenvalues = await k.EigenvaluesAsync(3);
/// </code>
/// </summary>
public sealed class LinearOperator
{
    readonly KeopsEngine _engine;
    readonly ReductionCall _product;
    readonly Variable _unknown;

    /// <summary>Takes a reduction as a matrix.</summary>
    /// <param name="engine">What carries out the products.</param>
    /// <param name="product">A Sum, linear in <paramref name="unknown"/>; what is bound to that variable is of no consequence.</param>
    /// <param name="unknown">The variable that vectors are put in for, indexed by the side that is summed over.</param>
    /// <exception cref="KeopsException">
    /// The reduction is not linear, other variables have no data, it has batch dimensions, or a side has no data in memory that count its
    /// rows.
    /// </exception>
    public LinearOperator(KeopsEngine engine, ReductionCall product, Variable unknown)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(product);
        LinearReduction.Check(product, unknown);
        if (product.IsComplex) throw new KeopsException("A matrix of complex numbers is not supported: take Real and Imag as two.");
        var others = product with { Variables = [.. product.Variables.Where(v => v.Variable != unknown)], IsVector = false };
        var resolved = CallData.Resolve(others);
        if (!resolved.BatchShape.IsEmpty)
            throw new KeopsException($"Batch dimensions ({string.Join(", ", resolved.BatchShape)}): one operator is one matrix.");
        (_engine, _product, _unknown) = (engine, resolved, unknown);
        Rows = Count(resolved, product.Reduction.OutputCategory);
        Columns = Count(resolved, unknown.Category);
    }

    /// <summary>Points that index the result.</summary>
    public long Rows { get; }

    /// <summary>Points that are summed over.</summary>
    public long Columns { get; }

    /// <summary>Numbers at each point of the result: the matrix has <c>Rows · RowDim</c> rows.</summary>
    public int RowDim => _product.Reduction.Formula.Dim;

    /// <summary>Numbers at each point of a vector: the matrix has <c>Columns · ColumnDim</c> columns.</summary>
    public int ColumnDim => _unknown.Dim;

    /// <summary>The dtype of products.</summary>
    public ElementType Type => _product.Type;

    /// <summary>A v.</summary>
    /// <param name="vector">
    /// <c>(Columns, ColumnDim)</c>; where the matrix has one number for each pair <c>(Columns,)</c>, or <c>(Columns, E)</c> for E vectors
    /// at once.
    /// </param>
    /// <param name="cancellationToken">Ends the product.</param>
    /// <returns><c>(Rows, RowDim)</c>, or <c>(Rows,)</c>, or <c>(Rows, E)</c>.</returns>
    /// <exception cref="KeopsException">The vector has another shape or dtype.</exception>
    public Task<ResultArray> ApplyAsync(NdArray vector, CancellationToken cancellationToken = default) =>
        MultiplyAsync(vector, Columns, _unknown, ColumnDim, _product.Reduction.Axis, Apply, cancellationToken);

    /// <summary>Aᵀ v.</summary>
    /// <param name="vector">
    /// <c>(Rows, RowDim)</c>; where the matrix has one number for each pair <c>(Rows,)</c> or <c>(Rows, E)</c>.
    /// </param>
    /// <param name="cancellationToken">Ends the product.</param>
    /// <returns><c>(Columns, ColumnDim)</c>, or <c>(Columns,)</c>, or <c>(Columns, E)</c>.</returns>
    /// <exception cref="KeopsException">The vector has another shape or dtype.</exception>
    public Task<ResultArray> ApplyTransposedAsync(NdArray vector, CancellationToken cancellationToken = default)
    {
        var v = new Variable(_unknown.Index, RowDim, _product.Reduction.OutputCategory);
        return MultiplyAsync(vector, Rows, v, RowDim, 1 - _product.Reduction.Axis, ApplyTransposed, cancellationToken);
    }

    /// <summary>The outermost eigenvalues of the matrix, which is taken to be symmetric.</summary>
    /// <inheritdoc cref="EigenpairsAsync"/>
    public async Task<ImmutableArray<double>> EigenvaluesAsync(
        int count,
        SpectrumEnd end = SpectrumEnd.LargestMagnitude,
        LanczosOptions? options = null,
        CancellationToken cancellationToken = default) =>
        (await EigenpairsAsync(count, end, options, cancellationToken).ConfigureAwait(false)).Values;

    /// <summary>
    /// The outermost eigenvalues and their vectors by Lanczos' method; the matrix is taken to be symmetric, which is not checked.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="end">Which.</param>
    /// <param name="options">
    /// Tolerance, steps and seed. In float32 a tolerance below 1e-6 is not to be reached; the default there is 1e-5.
    /// </param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="KeopsException">The matrix is not square, or count or options have no meaning.</exception>
    public async Task<Eigenpairs> EigenpairsAsync(
        int count,
        SpectrumEnd end = SpectrumEnd.LargestMagnitude,
        LanczosOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        if (Rows != Columns || RowDim != ColumnDim)
            throw new KeopsException(
                $"Eigenvalues of a matrix of {Rows} × {RowDim} rows and {Columns} × {ColumnDim} columns: expected a square one.");
        var space = new BlockVectorSpace(1, Columns, ColumnDim, separateColumns: false);
        var product = _product with { Variables = _product.Variables.Add(new BoundVariable(_unknown, new SymbolicData(0))) };
        var matrix = new ReductionOperator(_engine, product, _unknown, space);
        options ??= new LanczosOptions { Tolerance = Type == ElementType.Float64 ? 1e-10 : 1e-5 };
        var pairs = await new Lanczos<BlockVector>(space, matrix, options).FindAsync(count, end, cancellationToken).ConfigureAwait(false);
        return Eigenpairs.Of(pairs, space);
    }

    async Task<ResultArray> MultiplyAsync(
        NdArray vector,
        long rows,
        Variable variable,
        int dim,
        int axis,
        Func<Formula, Formula> product,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(vector);
        var isScalar = RowDim == 1 && ColumnDim == 1;
        var isVector = isScalar && vector.Shape.Count == 1;
        var shaped = isVector ? vector.Reshape(vector.Length, 1) : vector;
        var isMatrix = !shaped.IsComplex && shaped.Shape.Count == 2;
        if (!isMatrix || shaped.Shape[0] != rows || shaped.Shape[1] < 1 || (!isScalar && shaped.Shape[1] != dim))
            throw new KeopsException(
                $"A vector for this matrix has shape {(isScalar ? $"({rows},) or ({rows}, E)" : $"({rows}, {dim})")}; given was {vector}.");
        variable = variable with { Dim = checked((int)shaped.Shape[1]) };
        var call = _product with
        {
            Reduction = _product.Reduction with { Formula = product(Formula.Var(variable)), Axis = axis },
            Variables = _product.Variables.Add(new BoundVariable(variable, new TensorData(shaped))),
            IsVector = isVector,
        };
        return (await _engine.ReduceAsync(call, null, cancellationToken).ConfigureAwait(false))[0];
    }

    // With one number for each pair any number of vectors go at once; otherwise each pair has a matrix for one.
    Formula Apply(Formula vector) => RowDim == 1 && ColumnDim == 1 ? Entry * vector : _product.Reduction.Formula;

    Formula ApplyTransposed(Formula vector) =>
        RowDim == 1 && ColumnDim == 1 ? Entry * vector : _product.Reduction.Formula.Gradient(_unknown, vector);

    Formula Entry => _product.Reduction.Formula.Gradient(_unknown, Formula.IntCst(1));

    static long Count(ReductionCall resolved, Category category) => LinearReduction.Rows(resolved, category)
        ?? throw new KeopsException(
            $"No array counts the points of the {(category == Category.I ? "i" : "j")}-side: read files into arrays first.");
}
