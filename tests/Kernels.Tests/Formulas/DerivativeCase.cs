using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Tests.Cpu;
using Distributed.Keops.Oracle;

namespace Distributed.Keops.Kernels.Tests.Formulas;

/// <summary>
/// A call of one operation at arguments away from its kinks: argument k is variable k, of category k + <paramref name="Turn"/> modulo 3.
/// </summary>
sealed record DerivativeCase(string Name, ImmutableArray<int> Dims, ImmutableArray<int> Parameters, int Turn)
{
    /// <summary>Of every operation in every combination of repeated arguments.</summary>
    public static IEnumerable<DerivativeCase> Of(string name, int turn)
    {
        var known = OperationCase.All.Where(c => c.Name == name).Select(c => (Dims: string.Join(',', c.Dims), Case: c))
            .SelectMany(c => Variants(c.Case).Select(dims => (Key: $"{string.Join(',', dims)};{string.Join(',', c.Case.Parameters)}",
                Dims: dims, c.Case.Parameters)));
        return known.DistinctBy(c => c.Key).Select(c => new DerivativeCase(name, [.. c.Dims], [.. c.Parameters], turn));
    }

    /// <summary>The arguments.</summary>
    public ImmutableArray<Variable> Arguments => [.. Dims.Select((dim, k) => new Variable(k, dim, (Category)((k + Turn) % 3)))];

    /// <summary>The formula that the call stands for.</summary>
    public Formula Formula => Operations.Find(Name)!.Apply([.. Arguments.Select(Formula.Var)], Parameters);

    /// <summary>
    /// The call as a node that only the oracle's rule of that name can read: what the operation is replaced by stays out of it.
    /// </summary>
    public Formula ByName
    {
        get
        {
            var dim = Formula.Dim;
            return Formula.Create(
                new Operation
                {
                    Name = Name, Arity = Dims.Length, Parameters = Operations.Find(Name)!.Parameters, Dim = (_, _) => dim,
                    Lower = (_, _, _) => throw new NotSupportedException("Only the oracle reads this."),
                },
                [.. Arguments.Select(Formula.Var)],
                Parameters);
        }
    }

    /// <summary>A number for component <paramref name="at"/> of all rows of an argument.</summary>
    public double Value(Variable v, int at)
    {
        // Spread evenly, so that nothing comes near a tie or a step.
        var part = (at * 0.6180339887 + v.Index * 0.37 + 0.213 + Turn * 0.11) % 1;
        return Name switch
        {
            "Asin" or "Acos" => 1.8 * part - 0.9,
            "Log" or "XLogX" or "Sqrt" or "Rsqrt" or "Powf" => 0.3 + 1.5 * part,
            "Clamp" => v.Index == 0 ? 5 * part - 2.5 : v.Index == 1 ? -1 - 0.3 * part : 0.8 + 0.3 * part,
            // Between the third and the fourth step.
            "Mod" => v.Index == 0 ? 3.3 + 0.1 * part : v.Index == 1 ? 0.9 + 0.05 * part : 0.2 + 0.1 * part,
            "BSpline" => v.Index == 0 ? at % v.Dim + 0.4 * part : 1.3 + 3.2 * part,
            "SoftDTW_SqDist" when v.Index == 2 => 0.4 + part,
            _ => (part < 0.5 ? -0.3 : 0.3) + 2.9 * (part - 0.5),
        };
    }

    /// <summary>What the oracle says of a formula of the arguments, of further vectors, and of one argument moved.</summary>
    public double[] Evaluate(Formula formula, Variable? moved = null, double[]? by = null) =>
        FormulaOracle.Evaluate(formula, v =>
        {
            var row = Enumerable.Range(0, v.Dim).Select(k => v.Index < Dims.Length ? Value(v, k) : Vector(v, k)).ToArray();
            if (v == moved) for (var k = 0; k < v.Dim; k++) row[k] += by![k];
            return row;
        });

    /// <summary>Component k of a variable that is no argument: a cotangent or a direction.</summary>
    public static double Vector(Variable v, int k) => Math.Sin(1.7 * k + v.Index) + 0.2;

    public override string ToString() => $"{Name}({string.Join(',', Dims)};{string.Join(',', Parameters)}) turned by {Turn}";

    static IEnumerable<int[]> Variants(OperationCase c)
    {
        if (Operations.Find(c.Name) is not Operation { IsPointWise: true, Arity: > 1 and var arity }) return [c.Dims];
        return Enumerable.Range(0, 1 << arity).Select(bits => Enumerable.Range(0, arity).Select(k => (bits >> k & 1) == 0 ? 1
            : 3).ToArray());
    }
}
