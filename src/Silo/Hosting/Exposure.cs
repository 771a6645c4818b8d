namespace Distributed.Keops.Silo;

/// <summary>Why a silo does not open itself to other machines.</summary>
static class Exposure
{
    /// <summary>The error of an address that others can reach.</summary>
    /// <param name="what">The option and its value.</param>
    public static string Refusal(string what) =>
        $"{what}, which other machines may reach, but connections are neither encrypted nor authenticated yet: keep to 127.0.0.1, or, in a "
        + "network where everybody is trusted, allow it with --insecure (Keops:Insecure=true).";
}
