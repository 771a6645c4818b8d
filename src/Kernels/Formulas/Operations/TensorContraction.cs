using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// out[kept axes of a, kept axes of b] = Σ over contracted axes of a·b. Every axis of the sum has a size and a stride in a,
/// in b and in the result (0 where it does not occur), which is all that value and gradients need.
/// </summary>
sealed class TensorContraction
{
    /// <summary>The most products of components: a program names the place of each.</summary>
    const int MaxProducts = 1 << 22;

    readonly record struct Axis(int Size, int StrideA, int StrideB);

    readonly ImmutableArray<int> _dimsA, _dimsB, _contA, _contB, _permute;
    readonly ImmutableArray<Axis> _kept;        // in the order of the result
    readonly ImmutableArray<Axis> _contracted;

    TensorContraction(ImmutableArray<Formula> arguments, ImmutableArray<int> parameters)
    {
        var at = 0;
        (_dimsA, _dimsB, _contA, _contB, _permute) = (Next(), Next(), Next(), Next(), Next());
        Require(arguments[0].Dim, _dimsA, "first");
        Require(arguments[1].Dim, _dimsB, "second");
        if (_contA.Length != _contB.Length) throw Error(
            $"{_contA.Length} axes of the first argument and {_contB.Length} of the second are contracted: expected equal numbers");
        RequireAxes(_contA, _dimsA.Length, "the first argument");
        RequireAxes(_contB, _dimsB.Length, "the second argument");

        var (stridesA, stridesB) = (Strides(_dimsA), Strides(_dimsB));
        _contracted = [.. _contA.Zip(_contB, (i, j) => _dimsA[i] == _dimsB[j]
            ? new Axis(_dimsA[i], stridesA[i], stridesB[j])
            : throw Error(
                $"axis {i} of the first argument has {_dimsA[i]} components, axis {j} of the second {_dimsB[j]}: expected equal sizes"))];
        var kept = KeptA.Select(i => new Axis(_dimsA[i], stridesA[i], 0))
            .Concat(KeptB.Select(j => new Axis(_dimsB[j], 0, stridesB[j]))).ToArray();
        if (!_permute.IsEmpty)
        {
            RequireAxes(_permute, kept.Length, "the result");
            if (_permute.Length != kept.Length) throw Error($"{_permute.Length} places for {kept.Length} axes of the result");
        }

        var placed = new Axis[kept.Length];
        for (var k = 0; k < kept.Length; k++) placed[Place(k)] = kept[k];
        _kept = [.. placed];
        var dim = placed.Aggregate(1L, (d, axis) => Math.Min(d * axis.Size, int.MaxValue));
        Dim = (int)dim;
        var products = _contracted.Aggregate(dim, (p, axis) => Math.Min(p * axis.Size, int.MaxValue));
        if (Dim <= Formula.MaxDim && products > MaxProducts) throw Error($"{products} products: expected at most {MaxProducts}");

        ImmutableArray<int> Next()
        {
            ImmutableArray<int> list = parameters[(at + 1)..(at + 1 + parameters[at])];
            at += 1 + list.Length;
            return list;
        }
    }

    /// <summary>The dimension of the result.</summary>
    public int Dim { get; }

    IEnumerable<int> KeptA => Enumerable.Range(0, _dimsA.Length).Where(i => !_contA.Contains(i));

    IEnumerable<int> KeptB => Enumerable.Range(0, _dimsB.Length).Where(j => !_contB.Contains(j));

    public static TensorContraction Of(ImmutableArray<Formula> arguments, ImmutableArray<int> parameters) => new(arguments, parameters);

    /// <summary>
    /// The cotangent of an argument: the result's cotangent contracted with the other argument over the other's kept axes.
    /// </summary>
    public Formula Gradient(int argument, Formula other, Formula cotangent)
    {
        int[] keptA = [.. KeptA], keptB = [.. KeptB];
        var dimsE = _kept.Select(axis => axis.Size).ToArray();
        // Axis number of the result for every kept axis of a and of b.
        var (ofA, ofB) = (keptA.Select((_, k) => Place(k)).ToArray(), keptB.Select((_, k) => Place(keptA.Length + k)).ToArray());
        var (own, ownAxes, ownCont, otherDims, otherAxes, otherKept, otherCont) = argument == 0
            ? (keptA, ofA, _contA, _dimsB, ofB, keptB, _contB)
            : (keptB, ofB, _contB, _dimsA, ofA, keptA, _contA);

        // Kept of e, ascending: own axes by their place in the result; then kept of other: its contracted axes, ascending.
        var permute = ownAxes.Order().Select(axis => own[Array.IndexOf(ownAxes, axis)])
            .Concat(otherCont.Order().Select(axis => ownCont[otherCont.IndexOf(axis)])).ToArray();
        return Formula.Create(Tensors.TensorDot, [cotangent, other], [
            dimsE.Length, .. dimsE, otherDims.Length, .. otherDims,
            otherAxes.Length, .. otherAxes, otherKept.Length, .. otherKept, permute.Length, .. permute]);
    }

    /// <summary>One sum of products a component, or one product of permuted vectors where nothing is contracted.</summary>
    public Value Lower(ProgramBuilder builder, Value a, Value b)
    {
        var (baseA, baseB) = Offsets(_kept);
        var (stepA, stepB) = Offsets(_contracted);
        if (stepA.Length == 1) return builder.Multiply(builder.Gather(a, [.. baseA]), builder.Gather(b, [.. baseB]));
        var components = new Value[Dim];
        for (var k = 0; k < Dim; k++)
        {
            var (fromA, fromB) = (baseA[k], baseB[k]);
            components[k] = builder.Sum(builder.Multiply(
                builder.Gather(a, [.. stepA.Select(s => fromA + s)]), builder.Gather(b, [.. stepB.Select(s => fromB + s)])));
        }

        return builder.Concat(components);
    }

    int Place(int kept) => _permute.IsEmpty ? kept : _permute[kept];

    /// <summary>The offsets in a and b of every combination of the axes, the last axis fastest.</summary>
    static (int[] A, int[] B) Offsets(ImmutableArray<Axis> axes)
    {
        int[] a = [0], b = [0];
        foreach (var axis in axes)
        {
            a = [.. a.SelectMany(offset => Enumerable.Range(0, axis.Size).Select(k => offset + k * axis.StrideA))];
            b = [.. b.SelectMany(offset => Enumerable.Range(0, axis.Size).Select(k => offset + k * axis.StrideB))];
        }

        return (a, b);
    }

    static int[] Strides(ImmutableArray<int> dims)
    {
        var strides = new int[dims.Length];
        for (int k = dims.Length - 1, stride = 1; k >= 0; stride *= dims[k--]) strides[k] = stride;
        return strides;
    }

    static void Require(int dim, ImmutableArray<int> dims, string which)
    {
        if (dims.Any(d => d < 1) || dims.Aggregate(1L, (p, d) => Math.Min(p * d, int.MaxValue)) != dim)
            throw Error($"the {which} argument has dimension {dim}, not {string.Join("·", dims)}");
    }

    static void RequireAxes(ImmutableArray<int> axes, int count, string where)
    {
        if (axes.Any(k => k < 0 || k >= count) || axes.Distinct().Count() != axes.Length)
            throw Error($"axes {string.Join(",", axes)} of {where}: expected different ones from 0 to {count - 1}");
    }

    static FormulaException Error(string what) => new($"TensorDot: {what}.");
}
