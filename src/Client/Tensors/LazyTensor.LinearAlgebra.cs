using System.Runtime.CompilerServices;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>
/// The tensor as a matrix of M rows and N columns, its entries the values at the pairs (i, j). Products and the diagonal are reductions,
/// to be carried out by <see cref="KeopsEngine.ReduceAsync"/>; the solution of a system is a <see cref="SolveCall"/>.
/// </summary>
public partial class LazyTensor
{
    /// <summary>K v, for a tensor whose vectors have length 1.</summary>
    /// <param name="vector"><c>(N,)</c>, or <c>batch + (N, E)</c> for E vectors at once; it stays the caller's.</param>
    /// <returns>A Sum with the result <c>(M,)</c>, or <c>batch + (M, E)</c>.</returns>
    /// <exception cref="KeopsException">The tensor has longer vectors, or rows, batches or dtypes do not go together.</exception>
    public ReductionCall MatMul(NdArray vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        if (Length != 1)
            throw new KeopsException($"A product with a matrix of vectors of length {Length}: expected numbers, that is, length 1.");
        return (this * Vj(AsRows(vector))).Sum(Axis.J) with { IsVector = vector.Shape.Count == 1 };
    }

    /// <inheritdoc cref="MatMul"/>
    public ReductionCall MatVec(NdArray vector) => MatMul(vector);

    /// <summary>Kᵀ v, for a tensor whose vectors have length 1.</summary>
    /// <param name="vector"><c>(M,)</c>, or <c>batch + (M, E)</c>; it stays the caller's.</param>
    /// <returns>A Sum with the result <c>(N,)</c>, or <c>batch + (N, E)</c>.</returns>
    /// <exception cref="KeopsException">The tensor has longer vectors, or rows, batches or dtypes do not go together.</exception>
    public ReductionCall RMatVec(NdArray vector) => T.MatMul(vector);

    /// <summary>The values at the pairs (i, i): <c>batch + (M, D)</c>, or <c>batch + (M,)</c> where D is 1.</summary>
    /// <exception cref="KeopsException">M and N differ, or ranges restrict the pairs.</exception>
    public ReductionCall Diagonal()
    {
        if (Context.I.Size is { } m && Context.J.Size is { } n && m != n)
            throw new KeopsException($"The diagonal of {m} × {n} entries: expected as many rows as columns.");
        RefuseRanges(nameof(Diagonal));
        var onRows = new Dictionary<int, BoundVariable>();
        foreach (var (index, bound) in Context.Variables)
        {
            var variable = bound.Variable.Category != Category.J ? bound.Variable
                : bound.Data is SymbolicData ? bound.Variable with { Category = Category.I }
                : NewVariable(bound.Variable.Dim, Category.I);
            onRows.Add(index, bound with { Variable = variable });
        }

        var context = Context with
        {
            Variables = System.Collections.Immutable.ImmutableDictionary.CreateRange(
                onRows.Values.Select(b => KeyValuePair.Create(b.Variable.Index, b))),
            I = new Extent(Context.I.Exists || Context.J.Exists, Context.I.Rows ?? Context.J.Rows),
            J = default,
        };
        // Nothing is left that j indexes, so the sum has one term.
        return Like(Formula.Substitute(v => Formula.Var(onRows[v.Index].Variable)), context).Sum(Axis.J) with { IsVector = Length == 1 };
    }

    /// <summary>All values as an array <c>batch + (M, N, D)</c>, or <c>batch + (M, N)</c> where D is 1. For small tensors.</summary>
    /// <param name="limit">The most numbers that it may have. Default: 16 777 216.</param>
    /// <exception cref="KeopsException">
    /// It has more numbers than the limit, data are symbolic or in files, or ranges restrict the pairs.
    /// </exception>
    public ReductionCall ToDense(long limit = 1L << 24) =>
        DenseRows.Describe(RowsFor(nameof(ToDense)), 0, null, limit) with { IsVector = Length == 1 };

    /// <summary>
    /// The values of some rows as an array <c>batch + (count, N, D)</c>, or <c>batch + (count, N)</c> where D is 1.
    /// </summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="limit">The most numbers that they may have. Default: 16 777 216.</param>
    /// <exception cref="KeopsException">
    /// The rows do not exist, they have more numbers than the limit, data are symbolic or in files, or ranges restrict the pairs.
    /// </exception>
    public ReductionCall Rows(long first, long count, long limit = 1L << 24) =>
        DenseRows.Describe(RowsFor(nameof(Rows)), first, count, limit) with { IsVector = Length == 1 };

    /// <summary>The tensor as a matrix for iterative methods: products with vectors, and eigenvalues.</summary>
    /// <param name="engine">What carries out the products.</param>
    /// <exception cref="KeopsException">
    /// Its vectors have another length than 1, it has batch dimensions, or data are symbolic or in files.
    /// </exception>
    public LinearOperator AsLinearOperator(KeopsEngine engine)
    {
        if (Dim != 1) throw new KeopsException($"A matrix of vectors of length {Dim}: expected numbers, that is, length 1.");
        var index = NextSymbol();
        var product = (this * Vj(index, 1)).Sum(Axis.J);
        return new LinearOperator(engine, product, Symbol(product, index));
    }

    /// <summary>
    /// The system <c>(αI + K) a = b</c> with an array as right-hand side (<see cref="Solve(LazyTensor, LazyTensor, double, double)"/>).
    /// </summary>
    /// <param name="rightHandSide"><c>batch + (M, E)</c>, or <c>(M,)</c>; indexed by i. It stays the caller's.</param>
    /// <param name="alpha">The ridge α.</param>
    /// <param name="eps">When to stop (<see cref="SolveCall.Eps"/>).</param>
    /// <exception cref="KeopsException">The tensor has symbolic variables, or rows, batches or dtypes do not go together.</exception>
    [OverloadResolutionPriority(1)]
    public SolveCall Solve(NdArray rightHandSide, double alpha = 1e-10, double eps = 1e-6)
    {
        ArgumentNullException.ThrowIfNull(rightHandSide);
        var call = Solve(Vi(AsRows(rightHandSide)), null, alpha, eps);
        return call with { Product = call.Product with { IsVector = rightHandSide.Shape.Count == 1 } };
    }

    /// <summary>
    /// The system <c>(αI + K) a = b</c>, K a being the sum of <c>K · a</c> over the axis opposite to b's. With <paramref name="var"/> the
    /// tensor is itself linear in that symbolic variable, and the system is <c>αa + Σ K(a) = b</c>.
    /// </summary>
    /// <param name="other">b: a variable, with data or symbolic.</param>
    /// <param name="var">The unknown where it stands in the tensor already; b is then symbolic with the same index and dimension.</param>
    /// <param name="alpha">The ridge α.</param>
    /// <param name="eps">When to stop (<see cref="SolveCall.Eps"/>).</param>
    /// <exception cref="KeopsException">
    /// b is no variable of i or j, the tensor has symbolic variables and b has data, or the unknown does not match b.
    /// </exception>
    public SolveCall Solve(LazyTensor other, LazyTensor? var = null, double alpha = 1e-10, double eps = 1e-6)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Formula.AsVariable is not { Category: not Category.Parameter } right)
            throw new KeopsException($"The right-hand side is {other}: expected a variable of i or j, as Vi or Vj makes it.");
        var data = other.Context.Variables[right.Index].Data;
        var isSymbolic = data is SymbolicData;
        if (!isSymbolic && Context.Variables.Values.Any(v => v.Data is SymbolicData))
            throw new KeopsException(
                "The tensor has symbolic variables: expected a symbolic right-hand side too, whose data are bound with theirs.");
        var index = isSymbolic ? right.Index : NextSymbol();
        var unknown = new Variable(index, right.Dim, right.Category == Category.I ? Category.J : Category.I);
        var applied = var is null ? this * other.Unknown(unknown) : LinearIn(var, unknown);
        var product = applied.Sum(unknown.Category == Category.J ? Axis.J : Axis.I);
        // b's own side must have as many rows as the tensor's.
        if (!isSymbolic) _ = Context.Join(other.Context);
        var number = Symbol(product, index);
        return new SolveCall(isSymbolic ? product : product.With(number, data), number) { Alpha = alpha, Eps = eps };
    }

    /// <summary>The variable that has the shape and the dtype of this right-hand side, on the other side.</summary>
    LazyTensor Unknown(Variable unknown) => Like(Formula.Var(unknown), Context with
    {
        I = Context.J,
        J = Context.I,
        Variables = TensorContext.Empty.Variables.Add(unknown.Index, new BoundVariable(unknown, new SymbolicData(unknown.Index))),
    });

    LazyTensor LinearIn(LazyTensor var, Variable unknown) =>
        var.Formula.AsVariable == unknown && Context.Variables.ContainsKey(unknown.Index)
        ? this
        : throw new KeopsException(
            $"The unknown is {var.Formula}: expected {Formula.Var(unknown)}, symbolic, of the tensor, and opposite to the right-hand side.");

    int NextSymbol() =>
        Context.Variables.Values.Where(v => v.Data is SymbolicData).Select(v => v.Variable.Index + 1).DefaultIfEmpty().Max();

    static Variable Symbol(ReductionCall call, int index) =>
        call.Variables.First(v => v.Data is SymbolicData symbol && symbol.Index == index).Variable;

    ReductionCall RowsFor(string operation)
    {
        RefuseRanges(operation);
        return Sum(Axis.I);
    }

    void RefuseRanges(string operation)
    {
        if (Context.Ranges is not null)
            throw new KeopsException($"{operation} of a tensor with ranges: multiply it with vectors instead, which keeps to them.");
    }

    static NdArray AsRows(NdArray vector) => vector.Shape.Count == 1 ? vector.Reshape(vector.Length, 1) : vector;
}
