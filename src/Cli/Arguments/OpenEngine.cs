using System.Globalization;
using Distributed.Keops.Client;
using Distributed.Keops.Silo;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>An engine with what has to be closed after it.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Silo">The silo that it runs on, where that is in this process.</param>
sealed record OpenEngine(KeopsEngine Engine, EmbeddedSilo? Silo) : IAsyncDisposable
{
    /// <summary>Opens the engine that <c>--on</c> names.</summary>
    /// <param name="on"><c>local</c>, <c>embedded</c> or <c>HOST:PORT</c>.</param>
    /// <param name="threads">Threads for kernels; null for the engine's own choice.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="Kernels.KeopsException">The cluster can't be reached.</exception>
    public static async Task<OpenEngine> StartAsync(string on, int? threads, CancellationToken cancellationToken)
    {
        switch (on)
        {
            case "local":
                return new OpenEngine(KeopsEngine.CreateLocal(threads), null);
            case "embedded":
                var options = new EmbeddedSiloOptions();
                if (threads is { } count) options = options with { Threads = count };
                var silo = await EmbeddedSilo.StartAsync(options, cancellationToken).ConfigureAwait(false);
                return new OpenEngine(silo.Engine, silo);
            default:
                var cluster = new ClusterOptions { Gateways = [on] };
                return new OpenEngine(await KeopsEngine.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false), null);
        }
    }

    /// <summary>Whether a text is written as a gateway.</summary>
    public static bool IsGateway(string on) => on.LastIndexOf(':') is var colon and > 0
        && ushort.TryParse(on.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync().ConfigureAwait(false);
        if (Silo is not null) await Silo.DisposeAsync().ConfigureAwait(false);
    }
}
