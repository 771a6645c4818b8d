namespace Distributed.Keops.Conformance.Tests;

/// <summary>An engine that answers as the test says, and remembers the call.</summary>
sealed class FixedEngine(Func<GenredCall, CaseResult> answer) : ICaseEngine
{
    public GenredCall? Last { get; private set; }

    public CaseResult Run(GenredCall call)
    {
        Last = call;
        return answer(call);
    }

    public static FixedEngine Giving(int[] shape, params double[] values) =>
        new(call => new CaseResult([new CaseArray(shape, values, call.Dtype)]));
}
