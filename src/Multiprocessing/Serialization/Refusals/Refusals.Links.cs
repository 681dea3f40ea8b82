namespace Multiprocessing;

/// <summary>Objects that cross as links, in tasks of a pool only.</summary>
internal static partial class Refusals
{
    /// <summary>Returns whether loggers of a type write nothing, and therefore are the same in every process.</summary>
    public static bool IsNullLogger(Type type) => type.Namespace == "Microsoft.Extensions.Logging.Abstractions";

    /// <summary>Returns the refusal of an object that crosses as a link only, in a message that is not for a task of a pool.</summary>
    public static Refusal OfUnlinked(Type type) => new(
        type,
        "It belongs to this process. A task of a ProcessPool may have it (IProgress<T>, Progress<T>, ILogger, ILogger<T> or ILoggerFactory, "
        + "captured or as an argument); elsewhere send values through a "
        + "ProcessQueue<T>.");

    /// <summary>
    /// Returns the refusal of an object in the body of a task that reports or logs, in a variable of its own class, where no link can take its place.
    /// </summary>
    public static Refusal OfLinked(Type type, Type reportsBy) => new(
        type,
        $"A task's reports and log records reach this process only by the interface: declare the variable or parameter as {TypeText.Of(reportsBy)}. "
        + $"As a {type.Name} the task would get a copy, whose reports "
        + "stay in the worker; if you want a copy, put [Serializable] on the class.");
}
