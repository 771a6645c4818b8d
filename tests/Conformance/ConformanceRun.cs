namespace Distributed.Keops.Conformance;

/// <summary>Runs golden cases and writes what failed, a line of counts per group, and the total on the last line.</summary>
/// <param name="engine">What carries the cases out.</param>
/// <param name="output">Where the report goes.</param>
public sealed class ConformanceRun(ICaseEngine engine, TextWriter output)
{
    /// <summary>How many cases passed so far.</summary>
    public int Passed { get; private set; }

    /// <summary>How many failed; cases of a kind that is not supported are among them.</summary>
    public int Failed { get; private set; }

    /// <summary>Runs the groups and writes the report.</summary>
    public void Run(IEnumerable<GoldenGroup> groups)
    {
        foreach (var group in groups) Run(group);
        output.WriteLine($"{Passed} passed, {Failed} failed");
    }

    void Run(GoldenGroup group)
    {
        var (passed, failed) = (0, 0);
        foreach (var golden in group.Cases)
        {
            var verdict = CaseKinds.Judge(golden, engine);
            if (verdict.Passed)
            {
                passed++;
                continue;
            }
            failed++;
            output.WriteLine($"FAIL {group.Name}/{golden.Name}: {verdict.Reason}");
        }
        output.WriteLine($"{group.Name}: {passed} passed, {failed} failed");
        Passed += passed;
        Failed += failed;
    }
}
