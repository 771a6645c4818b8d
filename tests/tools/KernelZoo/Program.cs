using System.Reflection.Emit;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Reductions;

// Compiles each kernel for the widths named on the command line (both dtypes for the first, float64 for the others) and runs it on a few rows, so that the
// JIT sees it. Lines on standard output: a kernel's name before it is compiled, and "refused" for those that are larger than a kernel can be. First comes
// a method that is too large to be optimised, so that who reads what the JIT says can tell that it says so.
//   dotnet Distributed.Keops.KernelZoo.dll 512 256 128
TooLarge();
string[] gauss = ["Exp(-g*SqDist(x,y))*b", "Grad(Exp(-g*SqDist(x,y))*b,x,e)", "Grad(Grad(Exp(-g*SqDist(x,y))*b,x,e)|x,y,e)"];
var zoo = new List<(string Name, string Kind, int D, string Formula, string? Weight, int? K)>();
foreach (var d in new[] { 1, 3, 10, 16, 17, 100 })
    foreach (var formula in gauss) zoo.Add((formula, "Sum", d, formula, null, null));
foreach (var d in new[] { 3, 16, 64 })
{
    zoo.Add(("attention", "SumSoftMaxWeight", d, "g*(x|y)", "y", null));
    zoo.Add(("logsumexp", "LogSumExp", d, "b-g*SqDist(x,y)", null, null));
    zoo.Add(("logsumexp, weight", "LogSumExp", d, "b-g*SqDist(x,y)", "Square(x-y)", null));
    zoo.Add(("max", "Max_SumShiftExpWeight", d, "b-Norm2(x-y)", "Exp(x*y)", null));
    zoo.Add(("matrix", "Sum", d, "TensorProd(Extract(x,0,3),y)", null, null));
    zoo.Add(("normalize", "Sum", d, "Grad(Normalize(x-y),x,x)", null, null));
    zoo.Add(("laplacian", "Sum", d > 16 ? 16 : d, "Laplacian(Exp(-g*SqDist(x,y)),x)", null, null));
    zoo.Add(("jacobian", "Sum", d > 16 ? 3 : d, "GradMatrix(Exp(-g*SqDist(x,y))*(x-y),x)", null, null));
    zoo.Add(("rare functions", "Sum", d, "Atan2(x,y)+Powf(Abs(x),y)+Asin(x*y)+Sin(x)*Cos(y)*Log(Abs(x*y)+IntCst(1))", null, null));
    zoo.Add(("components", "ArgMin", d, "x-y", null, null));
    zoo.Add(("complex", "Sum", d > 16 ? 16 : d, "ComplexMult(Concat(x,x),ComplexExp(Concat(y,y)))", null, null));
}

foreach (var k in new[] { 1, 3, 10, 17, 40, 100 }) zoo.Add(("nearest", "KMin_ArgKMin", 3, "SqDist(x,y)", null, k));
foreach (var d in new[] { 3, 17, 24 })
    foreach (var k in new[] { 2, 10, 20 }) zoo.Add(("nearest by component", "KMin_ArgKMin", d, "x-y", null, k));
zoo.Add(("nearest", "ArgKMin", 100, "SqDist(x,y)", null, 10));
zoo.Add(("time warping", "Sum", 5, "Grad(SoftDTW_SqDist(x,y,IntCst(1)),x,IntCst(1))", null, null));
zoo.Add(("spline", "Sum", 7, "BSpline(y,b,2)", null, null));
// Larger than one method: step by step, or by loops.
foreach (var d in new[] { 64, 256 })
{
    zoo.Add(("complex", "Sum", d, "ComplexMult(Concat(x,x),ComplexExp(Concat(y,y)))", null, null));
    zoo.Add(("laplacian", "Sum", d, "Laplacian(Exp(-g*SqDist(x,y)),x)", null, null));
    zoo.Add(("spline", "Sum", d, "BSpline(y,b,3)", null, null));
    zoo.Add(("extreme components", "Sum", d, "ArgMax(x*y)+Min(x-y)+Sum(OneHot(b,256)*y)*b".Replace("256", $"{d}", StringComparison.Ordinal), null, null));
    zoo.Add(("nearest by component", "KMin_ArgKMin", d, "x-y", null, 50));
}

zoo.Add(("matrices", "Sum", 64, "Grad(MatVecMult(TensorProd(x,x),y),x,y)", null, null));
zoo.Add(("time warping", "Sum", 30, "Grad(SoftDTW_SqDist(x,y,IntCst(1)),x,IntCst(1))", null, null));
zoo.Add(("nearest", "KMin_ArgKMin", 3, "SqDist(x,y)", null, 500));

var widths = args.Select(int.Parse).ToArray();
foreach (var width in widths)
{
    foreach (var (name, kind, d, text, weightText, k) in zoo)
    {
        foreach (var type in new[] { ElementType.Float32, ElementType.Float64 })
        {
            if (type == ElementType.Float32 && width != widths[0]) continue;
            var aliases = AliasList.Parse("g = Pm(1)", $"x = Vi({d})", $"y = Vj({d})", "b = Vj(1)", "e = Vi(1)");
            var formula = FormulaParser.Parse(text, aliases);
            var weight = weightText is null ? null : FormulaParser.Parse(weightText, aliases);
            foreach (var summation in Enum.GetValues<Summation>())
            {
                var reduction = new Reduction(ReductionKind.Find(kind), formula, weight, k, 1) { Summation = summation };
                if (summation != Summation.Blocks && !(reduction.Kind.IsSum && type == ElementType.Float32 && d <= 16)) continue;
                Console.WriteLine($"{width} {type} {name}, D = {d}, K = {k}, {summation}: {kind} of {text}");
                try
                {
                    var compiled = CompiledReduction.Compile(reduction, type);
                    await RunAsync(compiled, CpuReduction.Compile(compiled.Program, width));
                }
                catch (KeopsException error)
                {
                    Console.WriteLine($"refused: {error.Message}");
                }
            }
        }
    }
}

static void TooLarge()
{
    var method = new DynamicMethod("control_too_large", typeof(int), [typeof(int)]);
    var il = method.GetILGenerator();
    il.Emit(OpCodes.Ldarg_0);
    for (var n = 0; n < 40_000; n++)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Add);
    }

    il.Emit(OpCodes.Ret);
    method.CreateDelegate<Func<int, int>>()(1);
}

static async Task RunAsync(CompiledReduction compiled, CpuReduction kernel)
{
    const int Rows = 3;
    IRowSource Source(Variable v) => compiled.Type == ElementType.Float64
        ? ArrayRows.Of(new double[Rows * v.Dim], v.Dim)
        : ArrayRows.Of(new float[Rows * v.Dim], v.Dim);
    var parameters = new byte[compiled.Parameters.Sum(v => v.Dim) * compiled.Type.Size()];
    var batch = new BatchData(parameters, [.. compiled.Rows.Select(Source)], [.. compiled.Columns.Select(Source)]);
    var bound = new BoundReduction(kernel, new Plan(1, Rows, Rows, 64, 2), [batch], null);
    using var threads = new ComputeThreads(1);
    using var runner = new TaskRunner(bound, threads);
    foreach (var task in bound.Plan.CutWhole(long.MaxValue))
    {
        using var states = await runner.RunAsync(task, CancellationToken.None);
        states.Finalize();
    }
}
