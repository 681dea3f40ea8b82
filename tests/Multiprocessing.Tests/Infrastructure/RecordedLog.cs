using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Multiprocessing.Tests;

/// <summary>Keeps everything that the library logs while it is there.</summary>
internal sealed class RecordedLog : ILoggerFactory, ILogger, IDisposable
{
    private readonly ILoggerFactory _before = MultiprocessingLogging.Factory;

    public RecordedLog() => MultiprocessingLogging.Factory = this;

    public ConcurrentQueue<(LogLevel Level, int Event, string Text, Exception? Exception)> Records { get; } = new();

    public IEnumerable<string> TextsOf(LogLevel level) => Records.Where(record => record.Level == level).Select(record => record.Text);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Records.Enqueue((logLevel, eventId.Id, formatter(state, exception), exception));

    public override string ToString() => string.Join(Environment.NewLine, Records.Select(record => $"{record.Level} {record.Event} {record.Text}"));

    public void Dispose() => MultiprocessingLogging.Factory = _before;
}
