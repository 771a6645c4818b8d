using Microsoft.Extensions.Logging;

namespace Distributed.Keops.Client.Cluster;

/// <summary>
/// Why connections fail. The framework tells its log alone, so this is one: it keeps the last exception that came with a message, and prints
/// nothing. Safe for several threads.
/// </summary>
sealed class ConnectionFailures : ILoggerProvider, ILogger
{
    volatile Exception? _last;

    /// <summary>The innermost cause of the last failure; null while there was none.</summary>
    public Exception? Last => _last?.GetBaseException();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null and not OperationCanceledException) _last = exception;
    }

    public void Dispose() { }
}
