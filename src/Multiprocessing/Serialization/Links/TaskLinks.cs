using System.Collections.Concurrent;

namespace Multiprocessing;

/// <summary>
/// Objects of the pool's process that a task reaches from its worker: who is told of progress, who is logged to. What crosses is a number; in the worker a stand-in has it, whose calls come back as notes.
/// The number is good as long as the task, or the map, that it crossed with.
/// </summary>
internal static class TaskLinks
{
    /// <summary>The factory of <see cref="MultiprocessingLogging"/>, which every worker's loggers lead to.</summary>
    public const long FactoryNumber = 0;

    private static readonly ConcurrentDictionary<long, TaskLink> Links = new() { [FactoryNumber] = new LoggerFactoryLink(null) };
    private static long _last;

    [ThreadStatic]
    private static bool _isCrossing;

    [ThreadStatic]
    private static bool _isChildBody;

    [ThreadStatic]
    private static Action<MessageBuffer>? _send;

    [ThreadStatic]
    private static Action? _firstStandIn;

    /// <summary>
    /// On a worker's thread, which reads its tasks: sends a note to the pool. A stand-in takes it when it is read, and may use it on any thread. Null on other threads: no stand-in can be read there.
    /// </summary>
    public static Action<MessageBuffer>? Send
    {
        get => _send;
        set => _send = value;
    }

    /// <summary>On a worker's thread: told before the first stand-in exists.</summary>
    public static Action? FirstStandIn
    {
        get => _firstStandIn;
        set => _firstStandIn = value;
    }

    /// <summary>What the thread writes goes to a task of a pool, so links may be made.</summary>
    public static bool IsCrossing => _isCrossing;

    /// <summary>What the thread writes is the body of a child, where no links are made: a reporter in it is a copy that reports to nobody here.</summary>
    public static bool IsChildBody => _isChildBody;

    /// <summary>Until it is disposed, what the thread writes goes to a task of a pool.</summary>
    public static Scope Crossing()
    {
        var scope = new Scope(_isCrossing, _isChildBody);
        (_isCrossing, _isChildBody) = (true, false);
        return scope;
    }

    /// <summary>Until it is disposed, what the thread writes is the body of a child.</summary>
    public static Scope ChildBody()
    {
        var scope = new Scope(_isCrossing, _isChildBody);
        (_isCrossing, _isChildBody) = (false, true);
        return scope;
    }

    /// <summary>Gives an object a number, which goes with the message.</summary>
    public static void Write(HandleWriter writer, TaskLink link)
    {
        if (!_isCrossing)
        {
            throw new CannotCrossException(TaskLink.RefusalOf(link.Target.GetType()), link.Target);
        }

        link.Number = Interlocked.Increment(ref _last);
        Links[link.Number] = link;
        writer.AddTravelling(link);
        writer.Write(link.Number);
    }

    /// <summary>The link with this number, or null if its task has ended.</summary>
    public static TaskLink? Find(long number) => Links.GetValueOrDefault(number);

    public static void Remove(long number) => Links.TryRemove(number, out _);

    /// <summary>Reads the number of a stand-in.</summary>
    public static long Read(ref HandleReader reader)
    {
        if (Send is null)
        {
            throw new InvalidOperationException("A progress or a logger that was given to a task of a pool stays in that task: it cannot be its result.");
        }

        FirstStandIn?.Invoke();
        return reader.Read<long>();
    }

    /// <summary>What an object in a place of this type may be replaced by, or null: then it crosses as all others do.</summary>
    public static Type? StandInFor(Type declared)
    {
        if (!declared.IsInterface)
        {
            return null;
        }

        if (!declared.IsConstructedGenericType)
        {
            return declared.FullName switch
            {
                "Microsoft.Extensions.Logging.ILogger" => typeof(LoggerStandIn),
                "Microsoft.Extensions.Logging.ILoggerFactory" => typeof(LoggerFactoryStandIn),
                _ => null,
            };
        }

        var definition = declared.GetGenericTypeDefinition();
        return definition == typeof(IProgress<>) ? typeof(ProgressStandIn<>).MakeGenericType(declared.GenericTypeArguments)
            : definition.FullName == "Microsoft.Extensions.Logging.ILogger`1" ? typeof(LoggerStandIn<>).MakeGenericType(declared.GenericTypeArguments)
            : null;
    }

    /// <summary>
    /// The interface through which objects of a class of the program report or log, or <see langword="null"/>. In the body of a task such an object is linked, not copied. Who wants the copy marks the class as
    /// [Serializable], or gives it a serializer.
    /// </summary>
    public static Type? FaceOf(Type type)
    {
        foreach (var face in type.GetInterfaces())
        {
            if (face.FullName != "Microsoft.Extensions.Logging.ILoggerFactory" && StandInFor(face) is not null)
            {
                return type.IsDefined(typeof(SerializableAttribute), inherit: false) || Refusals.IsNullLogger(type) || Framework.Owns(type) ? null : face;
            }
        }

        return null;
    }

    public readonly ref struct Scope(bool wasCrossing, bool wasChildBody)
    {
        private readonly bool _wasCrossing = wasCrossing;
        private readonly bool _wasChildBody = wasChildBody;

        public void Dispose() => (_isCrossing, _isChildBody) = (_wasCrossing, _wasChildBody);
    }
}
