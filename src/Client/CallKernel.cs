using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>What every engine asks of a call before it opens or sends anything.</summary>
static class CallKernel
{
    /// <summary>The call's options checked, and its reduction compiled with the summation that they choose.</summary>
    /// <exception cref="KeopsException">An option is unknown, has no engine here, or does not fit the reduction or the dtype.</exception>
    public static CompiledReduction Compile(ReductionCall call)
    {
        var options = call.Options;
        new DeviceOptions(options.Backend, options.DeviceId).Check();
        var summation = new SummationOptions(options.DtypeAcc, options.SumScheme, options.UseDoubleAcc).Choose(call.Reduction.Kind, call.Type);
        return CompiledReduction.Compile(call.Reduction with { Summation = summation }, call.Type);
    }
}
