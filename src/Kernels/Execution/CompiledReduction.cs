using System.Collections.Concurrent;
using System.Collections.Immutable;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// A reduction lowered and compiled for this machine, before it has data. Equal reductions
/// are compiled once a process. Safe to share between threads.
/// </summary>
public sealed class CompiledReduction
{
    const int MaxCached = 512;

    static readonly ConcurrentDictionary<(string Text, ElementType Type), CompiledReduction> Cache = new();

    CompiledReduction(Reduction reduction, ElementType type)
    {
        (Reduction, Type) = (reduction, type);
        var variables = reduction.Variables();
        Parameters = [.. variables.Where(v => v.Category == Category.Parameter)];
        Rows = [.. variables.Where(v => v.Category == reduction.OutputCategory)];
        Columns = [.. variables.Where(v => v.Category != reduction.OutputCategory && v.Category != Category.Parameter)];
        if (type == type.Arithmetic())
        {
            Program = Lower();
            Kernel = CpuReduction.Compile(Program);
        }
        else
        {
            // Storage alone is another: the code is that of the dtype of the arithmetic.
            var compiled = Compile(reduction, type.Arithmetic());
            (Program, Kernel) = (compiled.Program, compiled.Kernel);
        }
    }

    /// <summary>What is computed.</summary>
    public Reduction Reduction { get; }

    /// <summary>The dtype of data and results; arithmetic is done in <see cref="ElementTypes.Arithmetic"/> of it.</summary>
    public ElementType Type { get; }

    /// <summary>The parameter of each slot.</summary>
    public ImmutableArray<Variable> Parameters { get; }

    /// <summary>The variable of each slot of the output's side.</summary>
    public ImmutableArray<Variable> Rows { get; }

    /// <summary>The variable of each slot of the reduced side.</summary>
    public ImmutableArray<Variable> Columns { get; }

    /// <summary>The lowered formula and the reduction's fragments.</summary>
    public ReductionProgram Program { get; }

    /// <summary>The compiled code.</summary>
    public CpuReduction Kernel { get; }

    /// <summary>Compiles a reduction, or finds it compiled.</summary>
    /// <exception cref="FormulaException">The reduction does not fit its formula, or two variables have the same index.</exception>
    /// <exception cref="KeopsException">The formula is larger than a kernel can be.</exception>
    public static CompiledReduction Compile(Reduction reduction, ElementType type)
    {
        // A service that sees endlessly many formulas must not keep them all.
        if (Cache.Count >= MaxCached) Cache.Clear();
        var text = $"{reduction.Kind} {reduction.Summation} {reduction.K} {reduction.Axis} {reduction.Formula} {reduction.Weight}";
        return Cache.GetOrAdd((text, type), _ => new CompiledReduction(reduction, type));
    }

    ReductionProgram Lower()
    {
        var builder = new ProgramBuilder();
        var values = new Dictionary<Variable, Value>();
        AddInputs(Parameters, InputKind.Parameter, Rate.Parameter);
        AddInputs(Rows, InputKind.I, Rate.I);
        AddInputs(Columns, InputKind.J, Rate.J);
        var formula = FormulaLowering.Lower(Reduction.Formula, builder, v => values[v]);
        var weight = Reduction.Weight is null ? null : FormulaLowering.Lower(Reduction.Weight, builder, v => values[v]);
        return new ReductionProgram(
            Reduction.CreateMonoid(Type), Type, formula, weight, Dims(Parameters), Dims(Rows), Dims(Columns));

        void AddInputs(ImmutableArray<Variable> variables, InputKind kind, Rate rate)
        {
            for (var slot = 0; slot < variables.Length; slot++)
                values.Add(variables[slot], builder.Input(new ProgramInput(kind, slot), variables[slot].Dim, rate));
        }
    }

    static ImmutableArray<int> Dims(ImmutableArray<Variable> variables) => [.. variables.Select(v => v.Dim)];
}
