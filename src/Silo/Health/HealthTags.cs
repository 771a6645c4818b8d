namespace Distributed.Keops.Silo;

/// <summary>The questions that probes ask.</summary>
static class HealthTags
{
    public const string Startup = "startup", Ready = "ready", Live = "live";

    public static IReadOnlyList<string> All { get; } = [Startup, Ready, Live];
}
