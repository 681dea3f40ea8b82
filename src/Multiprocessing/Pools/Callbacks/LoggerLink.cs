using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Multiprocessing;

/// <summary>A logger of the pool's process to which tasks log.</summary>
internal class LoggerLink(ILogger logger) : TaskLink
{
    public override object Target => logger;

    /// <summary>Gets one bit for each level that is enabled, so that a worker sends no record that is dropped here.</summary>
    public virtual byte Levels => LevelsOf(logger);

    public sealed override unsafe Action Read(byte* data, byte* end, TaskSource source)
    {
        var record = ValueSerializer.Deserialize<LogRecord>(ref data, end);
        var error = data < end ? ExceptionMessage.Read(ref data, end) : null;
        return () => Log(LoggerFor(record), record, error, source);
    }

    public sealed override void WriteTo(HandleWriter writer)
    {
        base.WriteTo(writer);
        writer.Write(Levels);
    }

    protected virtual ILogger LoggerFor(LogRecord record) => logger;

    private static byte LevelsOf(ILogger logger)
    {
        var levels = 0;
        for (var level = LogLevel.Trace; level < LogLevel.None; level++)
        {
            levels |= logger.IsEnabled(level) ? 1 << (int)level : 0;
        }

        return (byte)levels;
    }

    private static void Log(ILogger logger, LogRecord record, Exception? error, TaskSource source)
    {
        if (!logger.IsEnabled(record.Level))
        {
            return;
        }

        var text = $"{source.Pool} worker {source.Worker} (pid {source.ProcessId}){(source.Task.Length == 0 ? "" : $", task {source.Task}")}";
        var open = new Stack<IDisposable?>();
        open.Push(logger.BeginScope(
            new LogValues(text,
                [new("Pool", source.Pool), new("Worker", source.Worker), new("ProcessId", source.ProcessId), new("Task", source.Task)])));
        foreach (var scope in record.Scopes)
        {
            open.Push(logger.BeginScope(scope));
        }

        logger.Log(
            record.Level,
            new EventId(record.EventId, record.EventName),
            new LogValues(record.Message, record.Values),
            error, static (values, _) => values.ToString());
        while (open.TryPop(out var scope))
        {
            scope?.Dispose();
        }
    }
}

/// <summary>A factory of the pool's process; without one, the factory of <see cref="MultiprocessingLogging"/> at the time of the record.</summary>
internal sealed class LoggerFactoryLink(ILoggerFactory? factory) : LoggerLink(NullLogger.Instance)
{
    public override object Target => factory ?? MultiprocessingLogging.Factory;

    /// <summary>Gets all levels: the enabled ones depend on the category, which the record names.</summary>
    public override byte Levels => byte.MaxValue;

    protected override ILogger LoggerFor(LogRecord record) => (factory ?? MultiprocessingLogging.Factory).CreateLogger(record.Category ?? "");
}
