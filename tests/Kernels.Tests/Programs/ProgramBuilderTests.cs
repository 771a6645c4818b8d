using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;
using Xunit;

namespace Distributed.Keops.Kernels.Tests;

public class ProgramBuilderTests
{
    readonly ProgramBuilder _b = new();

    Value X => _b.Input(new(InputKind.I, 0), 3, Rate.I);

    Value Y => _b.Input(new(InputKind.J, 0), 3, Rate.J);

    Value P => _b.Input(new(InputKind.Parameter, 0), 1, Rate.Parameter);

    [Fact]
    public void Equal_values_are_made_once()
    {
        Assert.Same(_b.Multiply(X, Y), _b.Multiply(X, Y));
        Assert.Same(_b.Gather(X, [2, 0]), _b.Gather(X, [2, 0]));
        Assert.NotSame(_b.Gather(X, [2, 0]), _b.Gather(X, [0, 2]));
        Assert.NotSame(_b.Constant(0), _b.Constant(-0.0));
        Assert.Same(_b.Constant(double.NaN), _b.Constant(double.NaN));
    }

    [Fact]
    public void Constants_are_folded()
    {
        Assert.Equal(6, _b.Multiply(_b.Constant(2), _b.Constant(3)).Number);
        Assert.Equal(0.25, _b.Divide(_b.Constant(1), _b.Constant(4)).Number);
        Assert.Equal(double.PositiveInfinity, _b.Divide(_b.Constant(1), _b.Constant(0)).Number);
        Assert.Equal(Math.Exp(2), _b.Exp(_b.Constant(2)).Number);
        Assert.Same(X, _b.Multiply(_b.Constant(1), X));
        Assert.Same(X, _b.Add(X, _b.Constant(0)));
        Assert.Same(X, _b.Negate(_b.Negate(X)));
        Assert.Same(_b.Multiply(X, _b.Constant(0.125)), _b.Divide(X, _b.Constant(8)));
    }

    [Fact]
    public void A_constant_zero_divides_like_any_number() => Assert.Equal(OpCode.Divide, _b.Divide(X, _b.Constant(0)).Op);

    [Fact]
    public void Components_are_followed_to_where_they_come_from()
    {
        var joined = _b.Concat(X, P, Y);
        Assert.Equal(7, joined.Length);
        Assert.Same(P, _b.Extract(joined, 3, 1));
        Assert.Same(Y, _b.Extract(joined, 4, 3));
        Assert.Same(_b.Extract(Y, 1, 2), _b.Extract(_b.Extract(joined, 2, 5), 3, 2));
        Assert.Same(_b.Extract(X, 1, 2), _b.Gather(X, [1, 2]));
        Assert.Same(_b.Broadcast(P, 2), _b.Extract(_b.Broadcast(P, 5), 1, 2));
        Assert.Same(_b.Multiply(P, _b.Constant(5)), _b.Sum(_b.Broadcast(P, 5)));
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => _b.Add(X, _b.Extract(Y, 0, 2)));
        Assert.Throws<ArgumentException>(() => _b.Broadcast(X, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => _b.Extract(X, 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => _b.Gather(X, [3]));
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(64)]
    public void Powers_are_repeated_squares(int n)
    {
        var program = ProgramBuilder.Build(_b.Power(X, n));
        Assert.Equal([Math.Pow(-1.5, n), Math.Pow(0.5, n), Math.Pow(1, n)], ProgramInterpreter.Run(program, _ => [-1.5, 0.5, 1])[0]);
        Assert.True(program.Values.Count(v => v.Op is OpCode.Multiply) <= 2 * Math.Log2(Math.Max(2, Math.Abs(n))));
    }

    [Fact]
    public void Products_that_are_added_are_fused_unless_used_elsewhere()
    {
        var product = _b.Multiply(X, Y);
        Assert.Equal(OpCode.MultiplyAdd, ProgramBuilder.Build(_b.Add(product, X)).Outputs[0].Op);
        Assert.Equal(OpCode.MultiplyAdd, ProgramBuilder.Build(_b.Add(X, product)).Outputs[0].Op);
        Assert.Equal(OpCode.NegateMultiplyAdd, ProgramBuilder.Build(_b.Subtract(X, product)).Outputs[0].Op);
        Assert.Equal(OpCode.Add, ProgramBuilder.Build(_b.Add(product, X), product).Outputs[0].Op);
        // A product of i-rate is outside the loop over pairs: it stays there.
        Assert.Equal(OpCode.Add, ProgramBuilder.Build(_b.Add(_b.Multiply(X, X), Y)).Outputs[0].Op);
    }

    [Fact]
    public void Exponentials_of_scaled_distances_take_the_scale_in()
    {
        var distance = _b.Sum(_b.Square(_b.Subtract(X, Y)));
        Assert.Equal(OpCode.Exp2, _b.Exp(_b.Negate(_b.Multiply(P, distance))).Op);
        Assert.Equal(OpCode.Exp, _b.Exp(_b.Subtract(P, distance)).Op);
        Assert.Equal(OpCode.Exp, _b.Exp(_b.Multiply(P, _b.Sum(_b.Multiply(X, Y)))).Op);
    }

    [Fact]
    public void Stages_hold_what_faster_ones_read()
    {
        var scale = _b.Exp(P);
        var row = _b.Multiply(scale, _b.Square(X));
        var column = _b.Log(_b.Add(scale, Y));
        var constant = _b.Sum(_b.Square(_b.Concat(_b.Constant(1), _b.Constant(2))));
        var program = ProgramBuilder.Build(_b.Multiply(_b.Add(row, column), constant));
        var hoisted = new HoistedProgram(program, [1], [3], [3]);
        Assert.Equal((1 + 2, 3 + 3, 3), (hoisted.ParameterLength, hoisted.ILength, hoisted.JLength));
        Assert.Equal([OpCode.Log], hoisted.JStage!.Outputs.Select(o => o.Op));
        Assert.Equal([OpCode.Exp, OpCode.Sum], hoisted.ParameterStage!.Outputs.Select(o => o.Op).Order());
        Assert.All(hoisted.IStage!.Outputs, o => Assert.Equal(Rate.I, o.Rate));
    }

    [Fact]
    public void Equal_programs_print_alike()
    {
        static string Text(ProgramBuilder b)
        {
            var x = b.Input(new(InputKind.I, 0), 3, Rate.I);
            return ProgramPrinter.Print(ProgramBuilder.Build(b.Sum(b.Square(x))));
        }

        var other = new ProgramBuilder();
        other.Constant(7);
        Assert.Equal(Text(_b), Text(other));
        Assert.Contains("sum", Text(_b), StringComparison.Ordinal);
    }
}
