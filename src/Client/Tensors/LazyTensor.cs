using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>
/// A symbolic tensor <c>batch × M × N × D</c> of vectors <c>F(p, x_i, y_j)</c> with the data of its variables, never stored: combined by
/// operators, then reduced. Immutable and safe to share between threads; arrays stay the caller's.
/// <code>
/// var x = LazyTensor.Vi(points);                       // M × 1 × 3
/// var y = LazyTensor.Vj(points);                       // 1 × N × 3
/// var k = (-x.SqDist(y) / 0.02).Exp();                 // M × N × 1
/// var density = await engine.ReduceAsync(k.Sum(Axis.J));
/// </code>
/// Numbers, arrays and tensors mix as operands: an <see cref="int"/> is a constant of the formula, a <see cref="double"/> or an array of
/// one dimension a parameter. Operations throw <see cref="KeopsException"/> (or <see cref="FormulaException"/>, which is one) where shapes
/// or dtypes do not go together.
/// </summary>
public partial class LazyTensor
{
    // Variables with data get numbers of their own from here on; below stand the symbolic ones, under the numbers they were given.
    const int FirstDataVariable = 1 << 30;

    static int s_lastDataVariable = FirstDataVariable;

    private protected LazyTensor(Formula formula, TensorContext context) => (Formula, Context) = (formula, context);

    /// <summary>The formula. Variables with data carry numbers that are unique in the process; a reduction renumbers them.</summary>
    public Formula Formula { get; }

    /// <summary>The dimension of the vector at each pair: its real numbers, also where they are parts of complex ones.</summary>
    public int Dim => Formula.Dim;

    /// <summary>The dtype of its data; null while only numbers and symbolic variables take part.</summary>
    public ElementType? Type => Context.Type;

    /// <summary>Whether it holds complex numbers, that is, whether it is a <see cref="ComplexLazyTensor"/>.</summary>
    public virtual bool IsComplex => false;

    /// <summary>
    /// Batch dimensions, M, N and D; 1 for a side that it does not depend on, null for one
    /// whose rows are not counted yet (symbolic variables, files).
    /// </summary>
    public IReadOnlyList<long?> FullShape => [.. Context.Batch.Select(size => (long?)size), Context.I.Size, Context.J.Size, Length];

    /// <summary>The <see cref="FullShape"/>, without the last dimension where that is 1.</summary>
    public IReadOnlyList<long?> Shape => Length == 1 ? [.. FullShape.SkipLast(1)] : FullShape;

    /// <summary>The number of dimensions of the <see cref="FullShape"/>.</summary>
    public int Rank => BatchDims + 3;

    /// <summary>The number of batch dimensions.</summary>
    public int BatchDims => Context.Batch.Length;

    /// <summary>Which pairs count in its reductions; null for all. What it is combined into
    /// inherits them, <see cref="T"/> transposes them.</summary>
    public Ranges? Ranges => Context.Ranges;

    internal TensorContext Context { get; }

    /// <summary>The length of the vector: complex numbers count once.</summary>
    private protected virtual int Length => Dim;

    /// <summary>The tensor with i and j exchanged: <c>batch × N × M × D</c>.</summary>
    public virtual LazyTensor T
    {
        get
        {
            var swapped = new Dictionary<int, BoundVariable>();
            foreach (var (index, bound) in Context.Variables)
            {
                var category = bound.Variable.Category switch
                {
                    Category.I => Category.J,
                    Category.J => Category.I,
                    _ => Category.Parameter,
                };
                // A symbolic variable keeps its number: it is still the same argument of a call.
                var number = category == Category.Parameter || bound.Data is SymbolicData
                    ? index
                    : Interlocked.Increment(ref s_lastDataVariable);
                swapped.Add(index, bound with { Variable = bound.Variable with { Index = number, Category = category } });
            }

            return Like(Formula.Substitute(v => Formula.Var(swapped.TryGetValue(v.Index, out var bound) ? bound.Variable : v)), Context with
            {
                Variables = swapped.Values.ToImmutableDictionary(b => b.Variable.Index),
                I = Context.J,
                J = Context.I,
                Ranges = Context.Ranges?.Transposed,
            });
        }
    }

    /// <summary>The same tensor with other ranges, or none.</summary>
    public virtual LazyTensor WithRanges(Ranges? ranges) => Like(Formula, Context with { Ranges = ranges });

    /// <summary>The formula, the variables and the shape.</summary>
    public override string ToString() =>
        $"{(IsComplex ? "complex " : "")}{Type?.Name() ?? "no dtype yet"} ({string.Join(", ", Shape.Select(size => size?.ToString(
            System.Globalization.CultureInfo.InvariantCulture) ?? "?"))}): {Formula}";

    /// <summary>A tensor of the same kind, real or complex.</summary>
    private protected virtual LazyTensor Like(Formula formula, TensorContext context) => new(formula, context);

    internal static LazyTensor Create(Formula formula, TensorContext context) => new(formula, context);
}
