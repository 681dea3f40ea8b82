namespace Multiprocessing;

/// <summary>
/// Code that runs in every child of this process and of its descendants, before the body, and its counterpart at the child's end. The program's
/// <c>Main</c> does not run in a child, so what every process needs is set up here: telemetry, logging, a culture, a library's licence.
/// </summary>
/// <remarks>
/// <para>
/// It applies to children that start afterwards, whatever starts them: <see cref="ChildProcess"/>, workers of pools, services and managers. It runs
/// before <see cref="ChildProcessOptions.Initializer"/>, on the same thread, and counts toward <see cref="ChildProcessOptions.StartTimeout"/>. An
/// exception of it is a failed start.
/// </para>
/// <para>
/// The returned object is disposed at the end: after the body and its foreground threads, in <see cref="Environment.Exit"/>, after a request to
/// stop, and after an unhandled exception; the last one first. It is not disposed in a process that is killed, or that fails fast. The parent kills a
/// child that takes longer than the grace of its stop.
/// </para>
/// <para>The root itself runs nothing of it. Thread-safe.</para>
/// </remarks>
/// <example>
/// <code>
/// using var registration = ChildStartup.Add(static () =>
/// {
///     CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
///     return new FileStream($"trace-{CurrentProcess.Id}.log", FileMode.Create); // closed when the child ends
/// });
/// </code>
/// </example>
public static class ChildStartup
{
    private static readonly Lock Gate = new();
    private static Registration[] _registered = [];
    private static List<IDisposable>? _toEnd = [];

    /// <summary>Adds code for the children that start from now on.</summary>
    /// <param name="start">
    /// The code. It is copied to each child as a body is. Returns what is disposed at the child's end; <see langword="null"/> for nothing.
    /// </param>
    /// <returns>An object that ends the registration when it is disposed; children that have started keep it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="start"/> is <see langword="null"/>.</exception>
    /// <exception cref="NotSerializableException">The code has captured what cannot be sent to another process.</exception>
    public static IDisposable Add(Func<IDisposable?> start)
    {
        ArgumentNullException.ThrowIfNull(start);
        using (var message = MessageBuffer.Rent())
        {
            message.SenderKeepsReferences = true;
            ValueSerializer.Serialize(message, start, "start"); // what cannot cross fails here, and not the start of a child
        }

        var registration = new Registration(start);
        lock (Gate)
        {
            _registered = [.. _registered, registration];
        }

        return registration;
    }

    /// <summary>Gets whether children of this process run code of it.</summary>
    internal static bool HasCode => Volatile.Read(ref _registered).Length > 0;

    /// <summary>Returns the call with the registered code before it.</summary>
    internal static ChildCall Before(ChildCall call) =>
        Volatile.Read(ref _registered) is { Length: > 0 } registered
            ? new StartupCall([.. registered.Select(static registration => registration.Start)], call)
            : call;

    /// <summary>In the child: runs the code, and keeps it for the children of this one.</summary>
    internal static void Run(Func<IDisposable?>[] starts)
    {
        foreach (var start in starts)
        {
            lock (Gate)
            {
                _registered = [.. _registered, new Registration(start)];
            }

            if (start() is { } ending && !TryKeep(ending))
            {
                ending.Dispose(); // the process began to end meanwhile
            }
        }
    }

    /// <summary>At the end of the child. The first call does it, once.</summary>
    internal static void End()
    {
        List<IDisposable>? endings;
        lock (Gate)
        {
            endings = _toEnd;
            _toEnd = null;
        }

        for (var i = (endings?.Count ?? 0) - 1; i >= 0; i--)
        {
            try
            {
                endings![i].Dispose();
            }
            catch (Exception exception)
            {
                MultiprocessingLogging.EntryPointFailed(exception, EntryPoint.ProcessExit); // the others are disposed all the same
            }
        }
    }

    private static bool TryKeep(IDisposable ending)
    {
        lock (Gate)
        {
            _toEnd?.Add(ending);
            return _toEnd is not null;
        }
    }

    private sealed class Registration(Func<IDisposable?> start) : IDisposable
    {
        public Func<IDisposable?> Start => start;

        public void Dispose()
        {
            lock (Gate)
            {
                _registered = [.. _registered.Where(other => other != this)];
            }
        }
    }
}
