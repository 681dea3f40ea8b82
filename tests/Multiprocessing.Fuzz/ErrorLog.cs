using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Multiprocessing.Fuzz;

/// <summary>Keeps the errors that the library logs while it is there: a listener survives everything, so an error of its own would show only there.</summary>
internal sealed class ErrorLog : ILoggerFactory, ILogger
{
    private readonly ILoggerFactory _before = MultiprocessingLogging.Factory;

    public ErrorLog() => MultiprocessingLogging.Factory = this;

    public ConcurrentQueue<string> Records { get; } = new();

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Records.Enqueue($"{formatter(state, exception)}: {exception}");
        }
    }

    public void Dispose() => MultiprocessingLogging.Factory = _before;
}
