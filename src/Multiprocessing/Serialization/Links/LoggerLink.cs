using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Multiprocessing;

/// <summary>A logger of the pool's process that tasks log to.</summary>
internal class LoggerLink(ILogger logger) : TaskLink
{
    public override object Target => logger;

    /// <summary>One bit for each level that is worth sending.</summary>
    public virtual byte Levels => LevelsOf(logger);

    public sealed override unsafe Action Read(byte* data, byte* end, TaskScope scope)
    {
        var note = ValueSerializer.Deserialize<LogNote>(ref data, end);
        var error = data < end ? ExceptionMessage.Read(ref data, end) : null;
        return () => Log(LoggerFor(note), note, error, scope);
    }

    public sealed override void WriteTo(HandleWriter writer)
    {
        base.WriteTo(writer);
        writer.Write(Levels);
    }

    protected virtual ILogger LoggerFor(LogNote note) => logger;

    private static byte LevelsOf(ILogger logger)
    {
        var levels = 0;
        for (var level = LogLevel.Trace; level < LogLevel.None; level++)
        {
            levels |= logger.IsEnabled(level) ? 1 << (int)level : 0;
        }

        return (byte)levels;
    }

    private static void Log(ILogger logger, LogNote note, Exception? error, TaskScope from)
    {
        if (!logger.IsEnabled(note.Level))
        {
            return;
        }

        var text = $"{from.Pool} worker {from.Worker} (pid {from.ProcessId}){(from.Task.Length == 0 ? "" : $", task {from.Task}")}";
        var open = new Stack<IDisposable?>();
        open.Push(logger.BeginScope(new LogValues(text, [new("Pool", from.Pool), new("Worker", from.Worker), new("ProcessId", from.ProcessId), new("Task", from.Task)])));
        foreach (var scope in note.Scopes)
        {
            open.Push(logger.BeginScope(scope));
        }

        logger.Log(note.Level, new EventId(note.EventId, note.EventName), new LogValues(note.Message, note.Values), error, static (values, _) => values.ToString());
        while (open.TryPop(out var scope))
        {
            scope?.Dispose();
        }
    }
}

/// <summary>A factory of the pool's process, or, without one, that of <see cref="MultiprocessingLogging"/> at the moment of the record.</summary>
internal sealed class LoggerFactoryLink(ILoggerFactory? factory) : LoggerLink(NullLogger.Instance)
{
    public override object Target => factory ?? MultiprocessingLogging.Factory;

    /// <summary>All: what is wanted depends on the category, and is decided when the record is there.</summary>
    public override byte Levels => byte.MaxValue;

    protected override ILogger LoggerFor(LogNote note) => (factory ?? MultiprocessingLogging.Factory).CreateLogger(note.Category ?? "");
}
