using System.Numerics;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client.Tests;

public sealed class ComplexLazyTensorTests
{
    static readonly Complex[,] Z = { { new(1, 2), new(-0.5, 0.25) }, { new(0, -1), new(3, 0.5) }, { new(-2, 1), new(0.1, -0.7) } };
    static readonly Complex[,] W = { { new(0.3, -1), new(2, 2) }, { new(-1, 0.5), new(0.25, -3) } };

    static ComplexLazyTensor Zi => (ComplexLazyTensor)LazyTensor.Vi(Z);

    static ComplexLazyTensor Wj => (ComplexLazyTensor)LazyTensor.Vj(W);

    public static TheoryData<string> Names => [.. Cases.Keys];

    static readonly Dictionary<string, (Func<ComplexLazyTensor, ComplexLazyTensor, LazyTensor> Tensor,
        Func<Complex, Complex, Complex> Number)> Cases = new()
    {
        ["sum"] = ((z, w) => z + w, (z, w) => z + w),
        ["difference"] = ((z, w) => z - w, (z, w) => z - w),
        ["product"] = ((z, w) => z * w, (z, w) => z * w),
        ["quotient"] = ((z, w) => z / w, (z, w) => z / w),
        ["real number on the right"] = ((z, w) => z * 2.5 + w / 2.0 - 1, (z, w) => z * 2.5 + w / 2 - 1),
        ["real number on the left"] = ((z, w) => 2.5 * z + 3 - w, (z, w) => 2.5 * z + 3 - w),
        ["complex number"] =
            ((z, w) => z * new Complex(1, 2) + new Complex(0, 1) * w, (z, w) => z * new Complex(1, 2) + new Complex(0, 1) * w),
        ["one over z"] = ((z, w) => 1 / z + w, (z, w) => 1 / z + w),
        ["inverse"] = ((z, w) => z.Inv() * w, (z, w) => w / z),
        ["square"] = ((z, w) => z.Square() + w, (z, w) => z * z + w),
        ["power 2"] = ((z, w) => z.Pow(2) * w, (z, w) => z * z * w),
        ["power 5"] = ((z, w) => z.Pow(5) - w, (z, w) => z * z * z * z * z - w),
        ["power -3"] = ((z, w) => z.Pow(-3) - w, (z, w) => 1 / (z * z * z) - w),
        ["power 0"] = ((z, w) => z.Pow(0) - w, (z, w) => 1 - w),
        ["conjugate"] = ((z, w) => z.Conj() * w, (z, w) => Complex.Conjugate(z) * w),
        ["exponential"] = ((z, w) => (z * w).Exp(), (z, w) => Complex.Exp(z * w)),
        ["opposite"] = ((z, w) => -z + w, (z, w) => -z + w),
        ["real part"] = ((z, w) => (z * w).Real, (z, w) => (z * w).Real),
        ["imaginary part"] = ((z, w) => (z * w).Imag, (z, w) => (z * w).Imaginary),
        ["modulus"] = ((z, w) => (z - w).Abs(), (z, w) => (z - w).Magnitude),
        ["squared modulus"] = ((z, w) => (z - w).SquareAbs(), (z, w) => (z - w).Magnitude * (z - w).Magnitude),
        ["angle"] = ((z, w) => (z + w).Angle(), (z, w) => (z + w).Phase),
        ["e to the i x"] = ((z, w) => (z.Real * w.Imag).Exp1j(), (z, w) => Complex.Exp(new Complex(0, z.Real * w.Imaginary))),
        ["from parts"] = ((z, w) => ComplexLazyTensor.FromParts(z[0].Real.Concat(z[0].Imag)).Concat(z[1]) + w, (z, w) => z + w),
        ["components"] = ((z, w) => z[1..].Concat(z[0]) + w, (z, w) => Complex.Zero),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_operation_is_that_of_complex_numbers(string name)
    {
        var (tensor, number) = Cases[name];
        var sum = await Engines.ReduceAsync(tensor(Zi, Wj).Sum(1));
        Assert.Equal([3, 2], sum.Shape);
        for (var i = 0; i < 3; i++)
        {
            for (var k = 0; k < 2; k++)
            {
                var expected = name == "components"
                    ? 2 * Z[i, 1 - k] + W[0, k] + W[1, k]
                    : number(Z[i, k], W[0, k]) + number(Z[i, k], W[1, k]);
                var got = sum.IsComplex ? sum.Complexes[2 * i + k] : sum.Doubles[2 * i + k];
                Assert.Equal(expected.Real, got.Real, 1e-12 * (1 + expected.Magnitude));
                Assert.Equal(expected.Imaginary, got.Imaginary, 1e-12 * (1 + expected.Magnitude));
            }
        }
    }

    [Fact]
    public async Task Shapes_count_complex_numbers()
    {
        Assert.Equal([3, 2, 2], (Zi * Wj).Shape);
        Assert.Equal([3, 2], Zi.Sum().Shape.Take(1).Append(2));
        var sum = await Engines.ReduceAsync((Zi * Wj).Sum().Sum(0));
        Assert.Equal([2, 1], sum.Shape);
        Assert.True(sum.IsComplex);
        Assert.Equal([2, 3, 2], (Zi * Wj).T.Shape);
        Assert.IsType<ComplexLazyTensor>((Zi * Wj).T);
    }

    [Fact]
    public async Task A_complex_weight_makes_the_result_complex()
    {
        var mean = await Engines.ReduceAsync((Zi.Real | Wj.Real).SumSoftMaxWeight(Wj, 1));
        Assert.True(mean.IsComplex);
        Assert.Equal([3, 2], mean.Shape);
        double[] weights = [.. Enumerable.Range(0, 2).Select(j => Math.Exp(Z[0, 0].Real * W[j, 0].Real + Z[0, 1].Real * W[j, 1].Real))];
        var expected = (weights[0] * W[0, 0] + weights[1] * W[1, 0]) / (weights[0] + weights[1]);
        Assert.Equal(expected.Imaginary, mean.Complexes[0].Imaginary, 1e-12);
    }

    [Theory]
    [InlineData("LogSumExp")]
    [InlineData("LogSumExpWeight")]
    [InlineData("Max_SumShiftExpWeight")]
    public async Task Where_a_complex_weight_has_no_meaning_it_is_refused(string name)
    {
        var f = Zi.Real | Wj.Real;
        var error = Assert.Throws<KeopsException>(() => f.Reduce(name, 1, weight: Wj));
        Assert.Contains("SumSoftMaxWeight", error.Message, StringComparison.Ordinal);
        var real = await Engines.ReduceAsync(f.Reduce(name, 1, weight: Wj.Abs()));
        Assert.False(real.IsComplex);
    }

    [Fact]
    public void What_complex_numbers_lack_is_refused()
    {
        LazyTensor z = Zi;
        Action[] refused =
        [
            () => z.Log(), () => z.Max(), () => _ = z < 1, () => _ = z | z, () => z.Sqrt(),
            () => z.Min(1), () => z.LogSumExp(1), () => z.Pow(0.5),
            () => z.Real2Complex(), () => z.Imag2Complex(), () => z.Exp1j(),
            () => LazyTensor.Vi(new double[3, 2]).KeopsTensorDot(z, [2], [2], [], []),
            () => LazyTensor.Vi(new double[3, 2]).Grad(z, 1), () => ComplexLazyTensor.FromParts(z), () => z.KMin(2, 1),
        ];
        Assert.All(refused, action => Assert.Throws<KeopsException>(action));
    }
}
