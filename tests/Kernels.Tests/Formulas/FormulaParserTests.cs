using Distributed.Keops.Kernels.Formulas;
using Xunit;
using static Distributed.Keops.Kernels.Tests.Formulas.Formulary;

namespace Distributed.Keops.Kernels.Tests.Formulas;

public class FormulaParserTests
{
    static readonly Formula Gram = Operations.Find("TensorDot")!.Apply([M, M], [2, 2, 3, 2, 2, 3, 1, 1, 1, 1, 0]);

    public static TheoryData<string, Formula> Readings => new()
    {
        { "x", X },
        { " x \n+ y ", X + Y },
        { "-x**2", -X.Square() },
        { "x*y**2", X * Y.Square() },
        { "x-y-p", (X - Y) - P },
        { "x/y/p", (X / Y) / P },
        { "x-y|x-y", (X - Y).SqNorm2() },
        { "x|y<s", (X | Y) < S },
        { "x+y<p*x", (X + Y) < (P * X) },
        { "x>=y", Y <= X },
        { "x>y", Y < X },
        { "x<=1", X <= 1 },
        { "-x*y", (-X) * Y },
        { "x--y", X + Y },
        { "x**-2*p", X.Pow(-2) * P },
        { "2**3*x", 8 * X },
        { "-2**2*x", -4 * X },
        { "(1+2)*x", 3 * X },
        { "7|8", Formula.IntCst(15) },
        { "1/x", X.Inv() },
        { "x/3", X / 3 },
        { "IntCst(1)/IntCst(7)", Formula.RatCst(1, 7) },
        { "IntInv(4)", Formula.RatCst(1, 4) },
        { "Subtract(x,Mult(y,p))", X - Y * P },
        { "Minus(Divide(Add(x,y),p))", -((X + Y) / P) },
        { "Scalprod(x,y)", X | Y },
        { "Grad(Exp(x),x,y)", Y * X.Exp() },
        { "Grad(SqNorm2(x)*p,x)", 2 * ((P * Formula.Vj(3, 1)) * X) },
        { "Round(x)", X.Round(0) },
        { "Clamp(x,1,p)", X.Clamp(1, P) },
        { "ClampInt(x,-1,1+1)", X.Clamp(-1, 2) },
        { "Elem(x,0)", X.Extract(0, 1) },
        { "Var(-1,3,2)*x", Formula.Var(-1, 3, Category.Parameter) * X },
        { "Var(7,2,1)", Formula.Vj(7, 2) },
        { "Var(-0-1,3,0)", Formula.Vi(-1, 3) },
        { "Var( 3 + 4 , 2,1)", Formula.Vj(7, 2) },
        { "SqNormIso(p,x)", P * X.SqNorm2() },
        { "SqNormDiag(y,x)", Y | X.Square() },
        { "SymSqNorm(TensorProd(y,y),x)", Y.TensorProd(Y) | X.TensorProd(X) },
        { "DiffClampInt(x,-1,2)", (-1 <= X) * (X <= 2) },
        { "AdjointOperator(p*x,x,y)", P * Y },
        { "SumLinOperator(p*x,x)", 3 * P },
        { "SumLinOperator(y*x,x,p)", P * Y.Sum() },
        { "SumLinOperator(y*x,x,p,s)", S * (P * Y.Sum()) },
        { "TensorDot(m,m,[2,3],[2,3],[1],[1])", Gram },
        { "TensorDot(m,m,(2,3),(2,3),(1,),(1,))", Gram },
    };

    [Theory]
    [MemberData(nameof(Readings))]
    public void Text_is_read_with_the_precedence_of_python(string text, Formula expected) => Assert.Equal(expected, Parse(text));

    [Theory]
    [InlineData("", 0, "expected a formula")]
    [InlineData("x+", 2, "expected a formula")]
    [InlineData("x y", 2, "expected an operator or the end")]
    [InlineData("(x+y", 4, "to close '(' at position 0")]
    [InlineData("x)", 1, "expected an operator or the end")]
    [InlineData("x+$", 2, "Unexpected character '$'")]
    [InlineData("x+2.5", 2, "parameter")]
    [InlineData("x*1e-3", 2, "parameter")]
    [InlineData("3x", 0, "neither a number nor a name")]
    [InlineData("x*1/2*(1/2)", 8, "RatCst(1,2)")]
    [InlineData("1/2*x", 1, "IntCst(1)/IntCst(2)")]
    [InlineData("x*99999999999", 2, "too large")]
    [InlineData("x*(65536*65536)", 8, "32 bits")]
    [InlineData("x==y", 1, "Equal(x,y)")]
    [InlineData("x!=y", 1, "NotEqual(x,y)")]
    [InlineData("x//y", 1, "Floor(x/y)")]
    [InlineData("x<y<p", 3, "chained")]
    [InlineData("1<2", 1, "IntCst(1)")]
    [InlineData("x**y", 3, "Powf(x,y)")]
    [InlineData("x+z", 2, "expected one of x, y, p, s, m")]
    [InlineData("Expp(x)", 0, "'Exp'")]
    [InlineData("exp(x)", 0, "'Exp'")]
    [InlineData("1+Sqdist(x,y)", 2, "'SqDist'")]
    [InlineData("x+Exp", 2, "Exp(f)")]
    [InlineData("Exp(x,y)", 0, "Exp(f)")]
    [InlineData("Exp()", 0, "Exp(f)")]
    [InlineData("x*Elem(x)", 2, "Elem(f, m)")]
    [InlineData("Elem(x,y)", 7, "an integer")]
    [InlineData("x+Elem(x,3)", 2, "components 0 to 2")]
    [InlineData("Extract(x,-1,2)", 0, "components 0 to 2")]
    [InlineData("TensorDot(m,m,2,[6],[0],[0])", 14, "a list of integers")]
    [InlineData("x*m", 1, "dimensions 3, 6")]
    [InlineData("(x+y)|m", 5, "dimensions 3, 6")]
    [InlineData("x+SqDist(x,m)", 2, "dimensions 3, 6")]
    [InlineData("MatVecMult(m,SumT(p,4))", 0, "a multiple")]
    [InlineData("x/IntCst(0)", 1, "Division by zero")]
    [InlineData("x/0", 1, "Division by zero")]
    [InlineData("x+[1,2]", 2, "Found a list")]
    [InlineData("Kron(x,y,[x],[3])", 10, "expected an integer")]
    [InlineData("Var(0,4,0)", 0, "declared as Var(0,3,0)")]
    [InlineData("Var(9,0,0)", 0, "dimension 0")]
    [InlineData("Var(9,3,5)", 0, "category 5")]
    [InlineData("x*Var(2147483647+1,3,0)", 6, "32 bits")]
    [InlineData("Var(1-,3,0)", 6, "an integer")]
    [InlineData("AdjointOperator(Sin(x),x,y)", 0, "not linear")]
    [InlineData("SumLinOperator(x*x,x)", 0, "not linear")]
    [InlineData("Grad(Var(2147483647,3,0),Var(2147483647,3,0))", 0, "no place")]
    [InlineData("Diff(x,x,Var(-2147483648,3,2))", 0, "none for a placeholder")]
    [InlineData("1+GradMatrix(Var(9,1000000,0)*p,p)", 2, "at most 1048576")]
    [InlineData("Divergence(Var(9,1000000,0)*p,Var(9,1000000,0))", 0, "at most 1048576")]
    [InlineData("TensorDot(Var(9,1048576,0),Var(8,1048576,0),[1024,1024],[1024,1024],[0],[0])", 0, "products")]
    [InlineData("SoftDTW_SqDist(Var(9,1000,0),Var(8,1000,1),p)", 0, "pairs")]
    [InlineData("Var(9,3)", 0, "Var(position, dimension, category)")]
    [InlineData("x*Vi(3)", 2, "position and dimension")]
    [InlineData("Grad(x,x*y,x)", 0, "expected a variable")]
    [InlineData("Grad(x|y,x,y)", 0, "cotangent of 3")]
    [InlineData("Grad(p*x,p)", 0, "third argument")]
    [InlineData("Divergence(x|y,x)", 0, "expected equal ones")]
    [InlineData("Laplacian(x*y,x)", 0, "expected 1")]
    [InlineData("TraceOperator(Sin(x),x)", 0, "not linear")]
    [InlineData("ComplexReal(x)", 0, "an even one")]
    [InlineData("BSpline(x,p,2)", 0, "4 knots")]
    [InlineData("WeightedSqNorm(m,x)", 0, "expected 1, 3 or 9")]
    [InlineData("SumT(p,2000000000)", 0, "expected 1 to")]
    public void Errors_name_the_position_and_what_was_expected(string text, int position, string part)
    {
        var error = Assert.Throws<FormulaException>(() => Parse(text));
        Assert.Equal(position, error.Position);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Monsters => new()
    {
        new string('(', 10_000) + "x" + new string(')', 10_000),
        new string('-', 10_000) + "x",
        string.Concat(Enumerable.Repeat("Exp(", 10_000)),
        string.Concat(Enumerable.Repeat("x+", 10_000)) + "x",
        string.Concat(Enumerable.Repeat("x**", 10_000)) + "2",
        string.Concat(Enumerable.Repeat("Sin(x)-(", 10_000)),
        new string('[', 10_000),
        string.Concat(Enumerable.Repeat("x*", 500_000)) + "x",
        string.Concat(Enumerable.Repeat("2**", 50)) + "2*x",
        string.Concat(Enumerable.Repeat("Grad(", 40)) + "Exp(Sin(x)*Cos(y)*p)*Sin(x|y)" + string.Concat(Enumerable.Repeat(",x,x)", 40)),
        new string('x', 1_000_000),
        new string('9', 200_000),
        new string(' ', 1_000_000),
    };

    [Theory]
    [MemberData(nameof(Monsters), DisableDiscoveryEnumeration = true)]
    public void No_text_crashes_or_hangs_even_on_a_small_stack(string text)
    {
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(() => Parse(text)), 512 * 1024);
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(20)), "hangs");
        Assert.IsType<FormulaException>(error);
    }
}
