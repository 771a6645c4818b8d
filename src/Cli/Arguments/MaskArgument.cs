using System.Globalization;
using Distributed.Keops.Client;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>A mask by name: <c>band:W</c>, <c>lower</c>, <c>upper</c>, or a triangle without its diagonal, <c>lower:strict</c>.</summary>
sealed class MaskArgument
{
    readonly Func<long, long, Ranges> _create;

    MaskArgument(Func<long, long, Ranges> create) => _create = create;

    /// <summary>Reads what was typed.</summary>
    /// <exception cref="UsageException">It is no mask.</exception>
    public static MaskArgument Parse(string option, string text) => text.Split(':') switch
    {
        ["lower"] => new((m, n) => Ranges.Lower(m, n)),
        ["upper"] => new((m, n) => Ranges.Upper(m, n)),
        ["lower", "strict"] => new((m, n) => Ranges.Lower(m, n, diagonal: false)),
        ["upper", "strict"] => new((m, n) => Ranges.Upper(m, n, diagonal: false)),
        ["band", var w] when long.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out var width) =>
            new((m, n) => Ranges.Band(m, n, width)),
        _ => throw new UsageException(
            $"{option} {text}: expected band:W with a whole number W, lower, upper, lower:strict or upper:strict."),
    };

    /// <summary>The pairs that count of M × N.</summary>
    /// <exception cref="Kernels.KeopsException">There are more rows than a mask holds.</exception>
    public Ranges ToRanges(long m, long n) => _create(m, n);
}
