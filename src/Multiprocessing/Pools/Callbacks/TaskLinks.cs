using System.Collections.Concurrent;

namespace Multiprocessing;

/// <summary>
/// The links of this process's tasks by number. The number crosses; in the worker a proxy has it, and sends each call back with it. A number is valid
/// until the task, or the map, that it crossed with has ended.
/// </summary>
internal static class TaskLinks
{
    /// <summary>The factory of <see cref="MultiprocessingLogging"/>, to which the library's own loggers in all workers log.</summary>
    public const long FactoryNumber = 0;

    private static readonly ConcurrentDictionary<long, TaskLink> Links = new() { [FactoryNumber] = new LoggerFactoryLink(null) };
    private static long _last;

    /// <summary>Gives a link its number, registers it with the message and writes the number.</summary>
    /// <exception cref="CannotCrossException">The message is not for a task of a pool.</exception>
    public static void Write(HandleWriter writer, TaskLink link)
    {
        if (writer.Context.Links is not { IsForTasks: true })
        {
            throw new CannotCrossException(Refusals.OfUnlinked(link.Target.GetType()), link.Target);
        }

        link.Number = Interlocked.Increment(ref _last);
        Links[link.Number] = link;
        writer.AddTravelling(link);
        writer.Write(link.Number);
    }

    /// <summary>Returns the link with this number, or <see langword="null"/> if its task has ended.</summary>
    public static TaskLink? Find(long number) => Links.GetValueOrDefault(number);

    public static void Remove(long number) => Links.TryRemove(number, out _);
}
