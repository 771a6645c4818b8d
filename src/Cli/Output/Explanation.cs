using System.Collections.Immutable;
using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Client;
using Distributed.Keops.Client.Local;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Ranges;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Cli.Output;

/// <summary>Everything that is decided about a reduction before a pair is computed.</summary>
/// <param name="Reduction">The reduction as text that any KeOps reads.</param>
/// <param name="Formula">F as a tree.</param>
/// <param name="Weight">The second formula as a tree.</param>
/// <param name="Type">The dtype.</param>
/// <param name="Variables">The arguments.</param>
/// <param name="Program">The stages, slowest first.</param>
/// <param name="State">What is carried along for each output row.</param>
/// <param name="Outputs">What is made of it.</param>
/// <param name="Schedule">How the pairs are walked.</param>
/// <param name="Engine">What decides the bits besides the plan.</param>
/// <param name="Plan">How the work is cut.</param>
sealed record Explanation(
    string Reduction,
    string Formula,
    string? Weight,
    string Type,
    ImmutableArray<ExplainedVariable> Variables,
    ExplainedProgram Program,
    ImmutableArray<ExplainedPart> State,
    ImmutableArray<string> Outputs,
    string Schedule,
    string Engine,
    ExplainedPlan Plan)
{
    /// <summary>Compiles the call for this machine and plans it; nothing runs.</summary>
    /// <exception cref="KeopsException">The formula is larger than a kernel can be, or the ranges do not fit the clouds.</exception>
    public static Explanation Of(ReductionArguments arguments, InputClouds clouds, ReductionCall call)
    {
        var compiled = call.Compile();
        var (monoid, hoisted, schedule) = (compiled.Program.Monoid, compiled.Program.Hoisted, compiled.Kernel.Schedule);
        return new Explanation(
            ReductionText.Print(call.Reduction),
            FormulaTree.Print(call.Reduction.Formula),
            call.Reduction.Weight is { } weight ? FormulaTree.Print(weight) : null,
            call.Type.Name(),
            [.. arguments.Variables.Select((v, index) => ExplainedVariable.Of(v, index, clouds))],
            new ExplainedProgram(Print(hoisted.ParameterStage), Print(hoisted.IStage), Print(hoisted.JStage), Print(hoisted.Pairs)!),
            [.. monoid.Parts.Select(p => new ExplainedPart(p.Name, p.Length, TypeName(p.Type, "float64"), p.Identity))],
            [.. monoid.Outputs.Select(o => $"{o.Name} [{(o.Rank > 0 ? $"{o.Rank} × " : "")}{o.Dim}] {TypeName(o.Type, call.Type.Name())}")],
            schedule.ToString(),
            CpuReduction.EngineId(schedule.Width),
            ExplainedPlan.Of(call, compiled, clouds));
    }

    static string TypeName(ComponentType type, string numbers) => type == ComponentType.Index ? "int64" : numbers;

    static string? Print(Kernels.Programs.Program? program) => program is null ? null : ProgramPrinter.Print(program);
}

/// <summary>An argument of the formula.</summary>
/// <param name="Index">Its position.</param>
/// <param name="Name">Its name.</param>
/// <param name="Category">Vi, Vj or Pm.</param>
/// <param name="Dim">Its dimension.</param>
/// <param name="Rows">Its rows; null for a parameter.</param>
/// <param name="Source">The cloud or the values.</param>
sealed record ExplainedVariable(int Index, string Name, string Category, int Dim, long? Rows, string Source)
{
    public static ExplainedVariable Of(VariableArgument variable, int index, InputClouds clouds)
    {
        var cloud = clouds.Find(variable);
        var category = variable.Category switch { Kernels.Formulas.Category.I => "Vi", Kernels.Formulas.Category.J => "Vj", _ => "Pm" };
        var source = cloud is null
            ? string.Join(", ", variable.Values.Select(v => Figures.Value(v)))
            : $"{cloud.Spec.Path}: {string.Join(", ", cloud.Columns)}{(cloud.Files.Length > 1 ? $" ({cloud.Files.Length} files)" : "")}";
        return new ExplainedVariable(index, variable.Name, category, clouds.Dim(variable), cloud?.RowCount, source);
    }
}

/// <summary>A program by stages, one line a value; null where a stage computes nothing.</summary>
sealed record ExplainedProgram(string? Parameters, string? I, string? J, string Pairs);

/// <summary>A part of the state.</summary>
sealed record ExplainedPart(string Name, int Length, string Type, double Identity);
