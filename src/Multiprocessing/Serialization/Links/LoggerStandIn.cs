using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Multiprocessing;

/// <summary>A logger in a worker: its records go to the one that it stands for. Thread-safe.</summary>
internal abstract class LoggerStandInBase(long number, byte levels, string? category, Action<MessageBuffer> send) : ILogger
{
    /// <summary>The scopes that are open in this flow of control, innermost first.</summary>
    private static readonly AsyncLocal<OpenScope?> Scopes = new();

    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Trace and < LogLevel.None && (levels & (1 << (int)logLevel)) != 0;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => new OpenScope(new LogValues(state.ToString() ?? "", LogNote.ValuesOf(state)));

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
        {
            return;
        }

        using var note = MessageBuffer.Rent();
        note.Write(number);
        ValueSerializer.Serialize(
            note,
            new LogNote
            {
                Category = category,
                Level = logLevel,
                EventId = eventId.Id,
                EventName = eventId.Name,
                Message = formatter(state, exception),
                Values = LogNote.ValuesOf(state),
                Scopes = OpenScope.AllOf(Scopes.Value),
            },
            "log record");
        if (exception is not null)
        {
            ExceptionMessage.Write(note, exception);
        }

        send(note);
    }

    /// <summary>To a task of a pool that this task has.</summary>
    protected LoggerLink Onward() => new(this);

    private sealed class OpenScope : IDisposable
    {
        private readonly LogValues _values;
        private readonly OpenScope? _outer = Scopes.Value;

        public OpenScope(LogValues values)
        {
            _values = values;
            Scopes.Value = this;
        }

        public static LogValues[] AllOf(OpenScope? innermost)
        {
            List<LogValues> all = [];
            for (var scope = innermost; scope is not null; scope = scope._outer)
            {
                all.Add(scope._values);
            }

            all.Reverse();
            return [.. all];
        }

        public void Dispose() => Scopes.Value = _outer;
    }
}

/// <inheritdoc/>
internal sealed class LoggerStandIn(long number, byte levels, Action<MessageBuffer> send, string? category = null) : LoggerStandInBase(number, levels, category, send), IProcessHandle<LoggerStandIn>
{
    public static LinkCodec Link() => new(typeof(LoggerStandIn), static value => new LoggerLink((ILogger)value));

    public static LoggerStandIn ReadHandle(ref HandleReader reader) => new(TaskLinks.Read(ref reader), reader.Read<byte>(), TaskLinks.Send!);

    public void WriteHandle(HandleWriter writer) => Onward().WriteTo(writer);
}

/// <inheritdoc/>
internal sealed class LoggerStandIn<TCategory>(long number, byte levels, Action<MessageBuffer> send) : LoggerStandInBase(number, levels, null, send), ILogger<TCategory>, IProcessHandle<LoggerStandIn<TCategory>>
{
    public static LinkCodec Link() => new(typeof(LoggerStandIn<TCategory>), static value => new LoggerLink((ILogger)value));

    public static LoggerStandIn<TCategory> ReadHandle(ref HandleReader reader) => new(TaskLinks.Read(ref reader), reader.Read<byte>(), TaskLinks.Send!);

    public void WriteHandle(HandleWriter writer) => Onward().WriteTo(writer);
}

/// <summary>A factory in a worker: the records of its loggers go to loggers of the same category in the pool's process. Thread-safe.</summary>
internal sealed class LoggerFactoryStandIn(long number, Action<MessageBuffer> send) : ILoggerFactory, IProcessHandle<LoggerFactoryStandIn>
{
    public static LinkCodec Link() => new(typeof(LoggerFactoryStandIn), static value => new LoggerFactoryLink((ILoggerFactory)value));

    public static LoggerFactoryStandIn ReadHandle(ref HandleReader reader)
    {
        var factory = new LoggerFactoryStandIn(TaskLinks.Read(ref reader), TaskLinks.Send!);
        _ = reader.Read<byte>();
        return factory;
    }

    public ILogger CreateLogger(string categoryName) => new LoggerStandIn(number, byte.MaxValue, send, categoryName);

    /// <summary>The records go to where the pool's process sends its own; a provider belongs there.</summary>
    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("In a worker of a pool, log records go to the pool's process: add the provider to the factory there.");

    public void Dispose()
    {
        // There is nothing to let go of: the factory itself is the pool's process's.
    }

    public void WriteHandle(HandleWriter writer) => new LoggerFactoryLink(this).WriteTo(writer);
}
