using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>A logger in a worker, which sends its records to a logger of the pool's process. Thread-safe.</summary>
internal abstract class LoggerProxyBase(long number, byte levels, string? category, Action<MessageBuffer> send) : ILogger
{
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Trace and < LogLevel.None && (levels & (1 << (int)logLevel)) != 0;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => new LogScope(new LogValues(state.ToString() ?? "", LogRecord.ValuesOf(state)));

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
        {
            return;
        }

        using var message = MessageBuffer.Rent();
        message.Write(number);
        ValueSerializer.Serialize(
            message,
            new LogRecord
            {
                Category = category,
                Level = logLevel,
                EventId = eventId.Id,
                EventName = eventId.Name,
                Message = formatter(state, exception),
                Values = LogRecord.ValuesOf(state),
                Scopes = LogScope.Open(),
            },
            "log record");
        if (exception is not null)
        {
            ExceptionMessage.Write(message, exception);
        }

        send(message);
    }

    /// <summary>Writes a link for a task of a pool that this task has.</summary>
    public void WriteHandle(HandleWriter writer) => new LoggerLink(this).WriteTo(writer);
}

/// <inheritdoc/>
internal sealed class LoggerProxy(long number, byte levels, Action<MessageBuffer> send, string? category = null)
    : LoggerProxyBase(number, levels, category, send), IProcessHandle<LoggerProxy>
{
    public static LinkCodec CreateLinkCodec() => new(typeof(LoggerProxy), static value => new LoggerLink((ILogger)value));

    public static LoggerProxy ReadHandle(ref HandleReader reader)
    {
        var context = WorkerReadContext.ReadLink(ref reader, out var number);
        return new LoggerProxy(number, reader.Read<byte>(), context.Send);
    }
}

/// <inheritdoc/>
internal sealed class LoggerProxy<TCategory>(long number, byte levels, Action<MessageBuffer> send)
    : LoggerProxyBase(number, levels, null, send), ILogger<TCategory>, IProcessHandle<LoggerProxy<TCategory>>
{
    public static LinkCodec CreateLinkCodec() => new(typeof(LoggerProxy<TCategory>), static value => new LoggerLink((ILogger)value));

    public static LoggerProxy<TCategory> ReadHandle(ref HandleReader reader)
    {
        var context = WorkerReadContext.ReadLink(ref reader, out var number);
        return new LoggerProxy<TCategory>(number, reader.Read<byte>(), context.Send);
    }
}

/// <summary>
/// A logger factory in a worker. Its loggers send their records to loggers of the same category in the pool's process. Thread-safe.
/// </summary>
internal sealed class LoggerFactoryProxy(long number, Action<MessageBuffer> send) : ILoggerFactory, IProcessHandle<LoggerFactoryProxy>
{
    public static LinkCodec CreateLinkCodec() => new(typeof(LoggerFactoryProxy), static value => new LoggerFactoryLink((ILoggerFactory)value));

    public static LoggerFactoryProxy ReadHandle(ref HandleReader reader)
    {
        var context = WorkerReadContext.ReadLink(ref reader, out var number);
        _ = reader.Read<byte>(); // the levels, which a factory does not use
        return new LoggerFactoryProxy(number, context.Send);
    }

    public ILogger CreateLogger(string categoryName) => new LoggerProxy(number, byte.MaxValue, send, categoryName);

    /// <summary>Throws: a provider belongs to the process that writes the records.</summary>
    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("In a worker of a pool, log records are sent to the pool's process: add the provider to the factory there.");

    public void Dispose()
    {
        // Nothing to release: the factory itself belongs to the pool's process.
    }

    public void WriteHandle(HandleWriter writer) => new LoggerFactoryLink(this).WriteTo(writer);
}
