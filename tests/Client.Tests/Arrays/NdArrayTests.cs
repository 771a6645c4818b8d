using System.Numerics;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client.Tests;

public sealed class NdArrayTests
{
    [Fact]
    public void Arrays_of_any_rank_keep_their_shape_and_order()
    {
        var cube = new float[2, 3, 4];
        cube[1, 2, 3] = 7;
        NdArray array = cube;
        Assert.Equal([2, 3, 4], array.Shape);
        Assert.Equal(ElementType.Float32, array.Type);
        Assert.Equal(7, array.Singles[23]);
        cube[0, 0, 0] = 5;
        Assert.Equal(5, array.Singles[0]);
        Assert.Equal([6, 4], array.Reshape(6, 4).Shape);
        Assert.Equal([2, 1, 2, 1, 1, 6], NdArray.Of(new double[2, 1, 2, 1, 1, 6]).Shape);
    }

    [Fact]
    public void Complex_numbers_are_two_values_each()
    {
        NdArray array = new Complex[] { new(1, 2), new(3, 4) };
        Assert.True(array.IsComplex);
        Assert.Equal([2], array.Shape);
        Assert.Equal([1, 2, 3, 4], array.Doubles);
        Assert.Equal(new Complex(3, 4), array.Complexes[1]);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => NdArray.Of(new double[5], 2, 3));
        Assert.Throws<ArgumentException>(() => NdArray.Of((Array)new int[3]));
        Assert.Throws<ArgumentException>(() => ((NdArray)new double[6]).Reshape(4));
        Assert.Throws<InvalidOperationException>(() => ((NdArray)new double[6]).Singles.Length);
        Assert.Throws<InvalidOperationException>(() => ((NdArray)new double[6]).Complexes.Length);
        Assert.Throws<KeopsException>(() => LazyTensor.Vi(new double[6]));
    }

    [Fact]
    public void Nothing_is_an_array_too() => Assert.Equal(0, ((NdArray)new double[0, 3]).Doubles.Length);

    [Fact]
    public async Task A_result_is_data_of_the_next_formula()
    {
        var x = LazyTensor.Vi(Engines.Points(4, 2, 1));
        var sum = await Engines.ReduceAsync((x * LazyTensor.Vj(Engines.Points(3, 2, 2))).Sum(1));
        var twice = await Engines.ReduceAsync((LazyTensor.Vi(sum) * 2).Sum(1));
        Assert.Equal([.. sum.Doubles.ToArray().Select(v => 2 * v)], twice.Doubles.ToArray());
    }
}
