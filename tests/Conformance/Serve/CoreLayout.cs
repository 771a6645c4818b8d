namespace Distributed.Keops.Conformance;

/// <summary>
/// The single array KeOps' core returns for a reduction: batch dimensions, rows, then everything of a row on one axis, indices as
/// numbers of the data type.
/// </summary>
/// <remarks>
/// Paired reductions are joined as in the core: Min_ArgMin and Max_ArgMax hold D values, then D indices; KMin_ArgKMin holds, rank by
/// rank, D values, then D indices: (K, 2, D) laid flat. KMin and ArgKMin are (K, D) laid flat. The log-sum-exp reductions hold their
/// final value (not the core's running pair), the Max_SumShiftExp ones m, then s.
/// </remarks>
public static class CoreLayout
{
    /// <summary>Joins the outputs of a call.</summary>
    public static CaseArray Join(CaseResult result, GenredCall call)
    {
        var outputs = result.Outputs;
        var leading = outputs[0].Shape[..(call.BatchDims + 1)];
        var width = outputs[0].Shape[(call.BatchDims + 1)..].Aggregate(1, (product, size) => product * size);
        var ranks = call.OptArg ?? 1;
        var run = width / ranks;
        var joined = new List<double>();
        for (var at = 0; at < outputs[0].Data.Length; at += run)
            foreach (var output in outputs)
                joined.AddRange(output.Data.AsSpan(at, run));
        return new CaseArray([.. leading, width * outputs.Count], CaseArray.Rounded([.. joined], call.Dtype), call.Dtype);
    }
}
