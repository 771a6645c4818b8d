using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Tests;

/// <summary>
/// Runs a program on one pair, operation by operation, in double or single precision: the plainest reading of each <see cref="OpCode"/>.
/// </summary>
static class ProgramInterpreter
{
    /// <summary>The components of every output; masks are 1 and 0.</summary>
    public static double[][] Run(Program program, Func<ProgramInput, double[]> input, bool single = false)
    {
        var values = new Dictionary<Value, double[]>();
        foreach (var value in program.Values)
        {
            var x = value.Operands.Select(o => values[o]).ToArray();
            values[value] = value.IsElementWise
                ? [.. Enumerable.Range(0, value.Length)
                    .Select(k => Round(Apply(value.Op, n => x[n].Length == 1 ? x[n][0] : x[n][k]), single))]
                : [.. Move(value, x, input).Select(v => Round(v, single))];
            if (values[value].Length != value.Length)
                throw new InvalidOperationException($"{value} has {values[value].Length} components.");
        }

        return [.. program.Outputs.Select(o => values[o])];
    }

    /// <summary>A formula as a function of the rows of its variables.</summary>
    public static Func<Func<Variable, double[]>, double[]> Compile(Formula formula)
    {
        var inputs = new Inputs();
        var program = ProgramBuilder.Build(FormulaLowering.Lower(formula, inputs.Builder, inputs.Declare));
        return row => Run(program, i => row(inputs.Find(i)))[0];
    }

    static double[] Move(Value value, double[][] x, Func<ProgramInput, double[]> input) => value.Op switch
    {
        OpCode.Constant => [value.Number],
        OpCode.Input => input(value.Input),
        OpCode.Sum => [x[0].Aggregate((sum, v) => sum + v)],
        OpCode.Largest => [x[0].Aggregate((best, v) => v > best ? v : best)],
        OpCode.Smallest => [x[0].Aggregate((best, v) => v < best ? v : best)],
        OpCode.Extract => x[0][value.Start..(value.Start + value.Length)],
        OpCode.Concat => [.. x.SelectMany(v => v)],
        OpCode.Broadcast => [.. Enumerable.Repeat(x[0][0], value.Length)],
        OpCode.Gather => [.. value.Map.Select(k => x[0][k])],
        _ => throw new NotSupportedException(value.Op.ToString()),
    };

    static double Apply(OpCode op, Func<int, double> x) => op switch
    {
        OpCode.Add => x(0) + x(1),
        OpCode.Subtract => x(0) - x(1),
        OpCode.Multiply => x(0) * x(1),
        OpCode.Divide => x(0) / x(1),
        OpCode.MultiplyAdd => Math.FusedMultiplyAdd(x(0), x(1), x(2)),
        OpCode.NegateMultiplyAdd => Math.FusedMultiplyAdd(-x(0), x(1), x(2)),
        OpCode.Negate => -x(0),
        OpCode.Abs => Math.Abs(x(0)),
        OpCode.Min => x(0) < x(1) ? x(0) : x(1),
        OpCode.Max => x(0) > x(1) ? x(0) : x(1),
        OpCode.Sqrt => Math.Sqrt(x(0)),
        OpCode.ReciprocalSqrt => 1 / Math.Sqrt(x(0)),
        OpCode.Reciprocal => 1 / x(0),
        OpCode.Exp => Math.Exp(x(0)),
        OpCode.Exp2 => Math.Pow(2, x(0)),
        OpCode.Log => Math.Log(x(0)),
        OpCode.Sin => Math.Sin(x(0)),
        OpCode.Cos => Math.Cos(x(0)),
        OpCode.Asin => Math.Asin(x(0)),
        OpCode.Acos => Math.Acos(x(0)),
        OpCode.Atan => Math.Atan(x(0)),
        OpCode.Atan2 => Math.Atan2(x(0), x(1)),
        OpCode.Pow => Math.Pow(x(0), x(1)),
        OpCode.Floor => Math.Floor(x(0)),
        OpCode.Truncate => Math.Truncate(x(0)),
        OpCode.LessThan => x(0) < x(1) ? 1 : 0,
        OpCode.LessOrEqual => x(0) <= x(1) ? 1 : 0,
        OpCode.Equal => x(0) == x(1) ? 1 : 0,
        OpCode.And => x(0) * x(1),
        OpCode.Or => Math.Max(x(0), x(1)),
        OpCode.Not => 1 - x(0),
        OpCode.Select => x(0) != 0 ? x(1) : x(2),
        _ => throw new NotSupportedException(op.ToString()),
    };

    static double Round(double value, bool single) => single ? (float)value : value;

    /// <summary>Variables as inputs of a program: the slot of a variable is its place in order of first use.</summary>
    public sealed class Inputs
    {
        readonly List<Variable> _variables = [];

        public ProgramBuilder Builder { get; } = new();

        public Value Declare(Variable variable)
        {
            if (!_variables.Contains(variable)) _variables.Add(variable);
            var (kind, rate) = variable.Category switch
            {
                Category.I => (InputKind.I, Rate.I),
                Category.J => (InputKind.J, Rate.J),
                _ => (InputKind.Parameter, Rate.Parameter),
            };
            return Builder.Input(new ProgramInput(kind, _variables.IndexOf(variable)), variable.Dim, rate);
        }

        public Variable Find(ProgramInput input) => _variables[input.Slot];
    }
}
