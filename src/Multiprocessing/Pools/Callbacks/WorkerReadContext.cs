namespace Multiprocessing;

/// <summary>What a worker provides for the messages of its tasks: the task's token, and the way back to the pool for the proxies in them.</summary>
internal class WorkerReadContext : ReadContext
{
    private readonly TaskSignals _signals;
    private readonly Action _shareReplies;

    /// <param name="signals">The signals of the task that runs.</param>
    /// <param name="shareReplies">
    /// Makes the replies safe for several threads; called before the first proxy exists, because proxies send from any thread.
    /// </param>
    /// <param name="send">Sends a call by a link to the pool; may be called on any thread.</param>
    public WorkerReadContext(TaskSignals signals, Action shareReplies, Action<MessageBuffer> send)
    {
        _signals = signals;
        _shareReplies = shareReplies;
        Send = send;
    }

    public override CancellationToken TaskToken => _signals.Token;

    public Action<MessageBuffer> Send { get; }

    /// <summary>Reads the number of a link whose proxy is created.</summary>
    /// <exception cref="InvalidOperationException">The message is not for a task of a pool.</exception>
    public static WorkerReadContext ReadLink(ref HandleReader reader, out long number)
    {
        var context = reader.Context as WorkerReadContext
            ?? throw new InvalidOperationException(
                "A progress or a logger that was passed to a task of a pool belongs to that task and cannot be its result; "
                + "return the values themselves.");
        context._shareReplies();
        number = reader.Read<long>();
        return context;
    }

    /// <summary>Returns the context for a body that a map sends once for all its tasks.</summary>
    public SharedBodyReadContext ForSharedBody() => new(_signals, _shareReplies, Send);
}

/// <summary>The tasks of a map share the token in their body: they are cancelled together.</summary>
internal sealed class SharedBodyReadContext(TaskSignals signals, Action shareReplies, Action<MessageBuffer> send)
    : WorkerReadContext(signals, shareReplies, send)
{
    /// <summary>Gets the source of the body's token, or <see langword="null"/> if the body has none.</summary>
    public CancellationTokenSource? TokenSource { get; private set; }

    public override CancellationToken TaskToken => (TokenSource ??= new CancellationTokenSource()).Token;
}
