namespace Distributed.Keops.Contracts;

/// <summary>Time between two moments of which one may not have come.</summary>
static class Moments
{
    public static double? Minus(this DateTimeOffset? later, DateTimeOffset earlier) =>
        later is { } end ? (end - earlier).TotalSeconds : null;
}
