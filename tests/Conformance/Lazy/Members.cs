using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using static Distributed.Keops.Conformance.Values;

namespace Distributed.Keops.Conformance;

/// <summary>KeOps' methods and properties of a tensor, each by the member of ours that it is.</summary>
static class Members
{
    delegate object? Method(LazyTensor x, Arguments a);

    static readonly Dictionary<string, Func<LazyTensor, object?>> Properties = new(StringComparer.Ordinal)
    {
        ["T"] = x => x.T,
        ["real"] = x => Complex(x).Real,
        ["imag"] = x => Complex(x).Imag,
        ["shape"] = x => x.Shape.Select(size => (object?)size).ToArray(),
    };

    static readonly Dictionary<string, Method> Methods = new(StringComparer.Ordinal)
    {
        ["abs"] = (x, _) => x.Abs(),
        ["exp"] = (x, _) => x.Exp(),
        ["log"] = (x, _) => x.Log(),
        ["xlogx"] = (x, _) => x.XLogX(),
        ["cos"] = (x, _) => x.Cos(),
        ["sin"] = (x, _) => x.Sin(),
        ["sinxdivx"] = (x, _) => x.SinXDivX(),
        ["sinc"] = (x, _) => x.Sinc(),
        ["asin"] = (x, _) => x.Asin(),
        ["acos"] = (x, _) => x.Acos(),
        ["atan"] = (x, _) => x.Atan(),
        ["atan2"] = (x, a) => x.Atan2(Tensor(a.Take("other"))),
        ["sqrt"] = (x, _) => x.Sqrt(),
        ["rsqrt"] = (x, _) => x.Rsqrt(),
        ["power"] = (x, a) => Operators.Power(x, a.Take("other")),
        ["square"] = (x, _) => x.Square(),
        ["sign"] = (x, _) => x.Sign(),
        ["step"] = (x, _) => x.Step(),
        ["relu"] = (x, _) => x.ReLU(),
        ["clamp"] = (x, a) => (a.Take("other1"), a.Take("other2")) switch
        {
            (long low, long high) => x.Clamp((int)low, (int)high),
            var (low, high) => x.Clamp(Tensor(low), Tensor(high)),
        },
        ["ifelse"] = (x, a) => x.IfElse(Tensor(a.Take("other1")), Tensor(a.Take("other2"))),
        ["mod"] = (x, a) => x.Mod(Tensor(a.Take("modulus")), Tensor(a.TakeOr("offset", 0L))),
        ["round"] = (x, a) => x.Round(Integer(a.TakeOr("other", 0L))),
        ["sqnorm2"] = (x, _) => x.SqNorm2(),
        ["norm2"] = (x, _) => x.Norm2(),
        ["norm"] = (x, a) => x.Norm(Integer(a.Take("dim"))),
        ["normalize"] = (x, _) => x.Normalize(),
        ["sqdist"] = (x, a) => x.SqDist(Tensor(a.Take("other"))),
        ["weightedsqnorm"] = (x, a) => x.WeightedSqNorm(Tensor(a.Take("other"))),
        ["weightedsqdist"] = (x, a) => x.WeightedSqDist(Tensor(a.Take("g")), Tensor(a.Take("s"))),
        ["softdtw_sqdist"] = (x, a) => x.SoftDtwSqDist(Tensor(a.Take("other")), Tensor(a.Take("gamma"))),
        ["elem"] = (x, a) => x.Elem(Integer(a.Take("i"))),
        ["extract"] = (x, a) => x.Extract(Integer(a.Take("i")), Integer(a.Take("d"))),
        ["one_hot"] = (x, a) => x.OneHot(Integer(a.Take("D"))),
        ["bspline"] = (x, a) => x.BSpline(Tensor(a.Take("x")), Integer(a.TakeOr("k", 0L))),
        ["concat"] = (x, a) => x.Concat(Tensor(a.Take("other"))),
        ["matvecmult"] = (x, a) => x.MatVecMult(Tensor(a.Take("other"))),
        ["vecmatmult"] = (x, a) => x.VecMatMult(Tensor(a.Take("other"))),
        ["tensorprod"] = (x, a) => x.TensorProd(Tensor(a.Take("other"))),
        ["keops_tensordot"] = (x, a) => x.KeopsTensorDot(
            Tensor(a.Take("other")), Integers(a.Take("dimfa")), Integers(a.Take("dimfb")),
            Integers(a.Take("contfa")), Integers(a.Take("contfb")),
            [.. a.TakeRest().SelectMany(Integers)]),
        ["keops_kron"] = (x, a) => x.KeopsKron(Tensor(a.Take("other")), Integers(a.Take("dimfself")), Integers(a.Take("dimfother"))),
        ["grad"] = (x, a) => x.Grad(Tensor(a.Take("other")), Tensor(a.Take("gradin"))),
        ["diff"] = (x, a) => x.Diff(Tensor(a.Take("other")), Tensor(a.Take("diffin"))),
        ["factorize"] = (x, a) => x.Factorize(Tensor(a.Take("other"))),
        ["auto_factorize"] = (x, _) => x.AutoFactorize(),
        ["grad_matrix"] = (x, a) => x.GradMatrix(Tensor(a.Take("other"))),
        ["trace_operator"] = (x, a) => x.TraceOperator(Tensor(a.Take("var"))),
        ["divergence"] = (x, a) => x.Divergence(Tensor(a.Take("var"))),
        ["laplacian"] = (x, a) => x.Laplacian(Tensor(a.Take("var"))),
        ["t"] = (x, _) => x.T,
        ["dim"] = (x, _) => (long)x.Rank,
        ["__matmul__"] = (x, a) => Reductions.WithOptions(x.MatMul(Array(a.Take("v"))), a),
        ["matvec"] = (x, a) => x.MatVec(Array(a.Take("v"))),
        ["rmatvec"] = (x, a) => x.RMatVec(Array(a.Take("v"))),
        ["solve"] = Solve,
        ["real2complex"] = (x, _) => x.Real2Complex(),
        ["imag2complex"] = (x, _) => x.Imag2Complex(),
        ["exp1j"] = (x, _) => x.Exp1j(),
        ["angle"] = (x, _) => Complex(x).Angle(),
        ["conj"] = (x, _) => Complex(x).Conj(),
        ["sum"] = (x, a) => Reductions.Along(x, a, t => t.Sum(), (t, axis) => t.Sum(axis)),
        ["min"] = (x, a) => Reductions.Along(x, a, t => t.Min(), (t, axis) => t.Min(axis)),
        ["max"] = (x, a) => Reductions.Along(x, a, t => t.Max(), (t, axis) => t.Max(axis)),
        ["argmin"] = (x, a) => Reductions.Along(x, a, t => t.ArgMin(), (t, axis) => t.ArgMin(axis)),
        ["argmax"] = (x, a) => Reductions.Along(x, a, t => t.ArgMax(), (t, axis) => t.ArgMax(axis)),
        ["sum_reduction"] = (x, a) => Reductions.Over(x, a, (t, axis) => t.Sum(axis)),
        ["min_reduction"] = (x, a) => Reductions.Over(x, a, (t, axis) => t.Min(axis)),
        ["max_reduction"] = (x, a) => Reductions.Over(x, a, (t, axis) => t.Max(axis)),
        ["argmin_reduction"] = (x, a) => Reductions.Over(x, a, (t, axis) => t.ArgMin(axis)),
        ["argmax_reduction"] = (x, a) => Reductions.Over(x, a, (t, axis) => t.ArgMax(axis)),
        ["min_argmin"] = (x, a) => Reductions.Over(x, a, (t, axis) => t.MinArgMin(axis)),
        ["min_argmin_reduction"] = (x, a) => Reductions.Over(x, a, (t, axis) => t.MinArgMin(axis)),
        ["max_argmax"] = (x, a) => Reductions.Over(x, a, (t, axis) => t.MaxArgMax(axis)),
        ["max_argmax_reduction"] = (x, a) => Reductions.Over(x, a, (t, axis) => t.MaxArgMax(axis)),
        ["Kmin"] = KMin,
        ["Kmin_reduction"] = KMin,
        ["argKmin"] = ArgKMin,
        ["argKmin_reduction"] = ArgKMin,
        ["Kmin_argKmin"] = KMinArgKMin,
        ["Kmin_argKmin_reduction"] = KMinArgKMin,
        ["logsumexp"] = LogSumExp,
        ["logsumexp_reduction"] = LogSumExp,
        ["sumsoftmaxweight"] = SumSoftMaxWeight,
        ["sumsoftmaxweight_reduction"] = SumSoftMaxWeight,
    };

    /// <summary>A property of a tensor.</summary>
    public static object? Get(LazyTensor x, string name) =>
        Properties.TryGetValue(name, out var property)
            ? property(x)
            : throw new NotSupportedException($"tensors have no property '{name}'.");

    /// <summary>A method call on a tensor.</summary>
    public static object? Call(LazyTensor x, string name, Arguments arguments)
    {
        if (!Methods.TryGetValue(name, out var method)) throw new NotSupportedException($"tensors have no method '{name}'.");
        var result = method(x, arguments);
        arguments.End();
        return result;
    }

    static object KMin(LazyTensor x, Arguments a)
    {
        var k = Integer(a.Take("K"));
        return Reductions.Over(x, a, (t, axis) => t.KMin(k, axis));
    }

    static object ArgKMin(LazyTensor x, Arguments a)
    {
        var k = Integer(a.Take("K"));
        return Reductions.Over(x, a, (t, axis) => t.ArgKMin(k, axis));
    }

    static object KMinArgKMin(LazyTensor x, Arguments a)
    {
        var k = Integer(a.Take("K"));
        return Reductions.Over(x, a, (t, axis) => t.KMinArgKMin(k, axis));
    }

    static ReductionCall LogSumExp(LazyTensor x, Arguments a)
    {
        var axis = Reductions.Axis(a);
        var weight = a.TakeOr("weight", null) is { } given ? Tensor(given) : null;
        return Reductions.WithOptions(x.LogSumExp(axis, weight), a);
    }

    static object SumSoftMaxWeight(LazyTensor x, Arguments a)
    {
        var weight = Tensor(a.Take("weight"));
        return Reductions.Over(x, a, (t, axis) => t.SumSoftMaxWeight(weight, axis));
    }

    static SolveCall Solve(LazyTensor x, Arguments a)
    {
        var other = a.Take("other");
        var unknown = a.TakeOr("var", null) as LazyTensor;
        var (alpha, eps) = (Real(a.Keyword("alpha", 1e-10)), Real(a.Keyword("eps", 1e-6)));
        var call = other is NdArray array && unknown is null ? x.Solve(array, alpha, eps) : x.Solve(Tensor(other), unknown, alpha, eps);
        return call with { Product = Reductions.WithOptions(call.Product, a) };
    }

    static ComplexLazyTensor Complex(LazyTensor x) =>
        x as ComplexLazyTensor ?? throw new KeopsException("A member of complex tensors was asked of a real one.");
}
