using Distributed.Keops.Kernels;

namespace Distributed.Keops.Contracts;

/// <summary>The names of jobs. Clients choose them; they become keys of grains and names of folders.</summary>
public static class JobId
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxLength = 100;

    /// <summary>A name that no other job has.</summary>
    public static string New() => Guid.NewGuid().ToString("n");

    /// <summary>Whether a text can name a job: 1 to 100 ASCII letters, digits, and <c>-</c>, <c>_</c> or <c>.</c></summary>
    public static bool IsValid(string? id) =>
        id is { Length: > 0 and <= MaxLength } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>The name itself, if it can be one.</summary>
    /// <exception cref="KeopsException">It can't.</exception>
    public static string Require(string? id) => IsValid(id) ? id! : throw new KeopsException(
        $"'{(id?.Length > MaxLength ? id[..MaxLength] + "…" : id)}' can't name a job: expected 1 to {MaxLength} letters, digits, "
        + "'-', '_' or '.'.");
}
