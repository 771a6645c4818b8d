using System.Collections.Immutable;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Conformance;

/// <summary>Calls of cases as calls of the product.</summary>
public static class CaseCalls
{
    /// <summary>The reduction and its data.</summary>
    /// <exception cref="KeopsException">They do not fit together.</exception>
    public static ReductionCall Describe(GenredCall call)
    {
        var options = call.Options;
        foreach (var arg in call.Args)
            if (arg.Dtype != call.Dtype) throw new KeopsException($"Argument {arg.Name} is {arg.Dtype}, the call {call.Dtype}.");
        var aliases = AliasList.Parse(call.Aliases);
        var reduction = call.Read(aliases);
        var declared = aliases.ArgumentsFor(reduction.Weight is { } weight ? [reduction.Formula, weight] : [reduction.Formula]);
        var genred = new Genred(reduction, declared)
        {
            Options = new ReductionOptions
            {
                DtypeAcc = options.DtypeAcc, UseDoubleAcc = options.UseDoubleAcc,
                SumScheme = options.SumScheme, EnableChunks = options.EnableChunks,
            },
        };
        var arrays = call.Args.Select(CaseArrays.ToArray).ToArray();
        foreach (var variable in genred.Arguments) CheckDims(arrays.ElementAtOrDefault(variable.Index), variable, call);
        var request = genred.Call(arrays) with
            { Ranges = call.Ranges is { } six ? Ranges.FromArrays([.. six.Select(r => r.ToImmutableArray())]) : null };
        return StatedRows.Apply(StatedRows.Apply(request, Category.I, call.Nx), Category.J, call.Ny);
    }

    /// <summary>The file says how many batch dimensions every argument has: one more or less is not the array that is meant.</summary>
    static void CheckDims(NdArray? array, Variable variable, GenredCall call)
    {
        var dims = call.BatchDims + (variable.Category == Category.Parameter ? 1 : 2);
        if (array is not null && array.Shape.Count != dims)
            throw new KeopsException($"Argument {variable.Index} is {array}, expected {dims} dimensions ({call.BatchDims} of them batch).");
    }
}
