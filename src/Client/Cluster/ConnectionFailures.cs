using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Distributed.Keops.Client.Cluster;

/// <summary>
/// Why connections fail. The framework tells its log alone, so this is one: it keeps exceptions that came with messages, and prints
/// nothing. Safe for several threads.
/// </summary>
sealed class ConnectionFailures : ILoggerProvider, ILogger
{
    volatile Exception? _last;
    volatile bool _wasRefused;
    volatile bool _isOtherCluster;

    /// <summary>The innermost cause of the last failure; null while there was none.</summary>
    public Exception? Last => _last;

    /// <summary>
    /// Whether a gateway took a connection and closed it again: so it treats clients of other clusters. Its reason is not always read
    /// before the end.
    /// </summary>
    public bool WasRefused => _wasRefused;

    /// <summary>Whether a gateway said that it belongs to another cluster, so that asking again is useless.</summary>
    public bool IsOtherCluster => _isOtherCluster;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception?.GetBaseException() is not { } cause || cause is OperationCanceledException) return;
        _last = cause;
        if (cause.Message.Contains("Unexpected cluster id", StringComparison.Ordinal)) _isOtherCluster = _wasRefused = true;
        if (IsClosing(cause)) _wasRefused = true;
    }

    static bool IsClosing(Exception error) =>
        error is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown }
        || error.Message.Contains("terminated prematurely", StringComparison.Ordinal);

    public void Dispose() { }
}
