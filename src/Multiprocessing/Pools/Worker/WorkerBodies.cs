using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The bodies that the pool has sent to this worker. Each is sent once, with its first task; later tasks carry its number.</summary>
internal sealed class WorkerBodies(WorkerReadContext context, TaskSignals signals)
{
    /// <summary>The pool counts on fewer than these, so a body that is removed here is sent again.</summary>
    private const int Most = 128;

    private readonly Dictionary<int, KnownBody> _known = [];
    private readonly Queue<KnownBody> _inOrder = [];
    private int _lastId;
    private PoolBody? _last;

    /// <summary>Returns the body of a task.</summary>
    /// <param name="header">The task's header.</param>
    /// <param name="content">Where the body lies if the task brings it.</param>
    /// <exception cref="Exception">The body could not be read: each of its tasks fails with this error.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe PoolBody Of(RequestHeader header, byte* content) =>
        header.Body == _lastId && header.BodyLength == 0 && _last is { } last ? last : Find(header, content);

    /// <summary>The way of every task that is not the next item of the same map.</summary>
    private unsafe PoolBody Find(in RequestHeader header, byte* content)
    {
        if (header.Body == 0)
        {
            return CallBody.Instance;
        }

        var known = header.BodyLength != 0 ? Define(header, content) : _known[header.Body];
        if (known.TokenSource is { } token)
        {
            signals.BeginBody(token);
        }

        if (known.Body is not { } body)
        {
            throw known.Error!;
        }

        // A body with a token takes the long way for each task, because its token may be cancelled with any of them.
        (_lastId, _last) = known.TokenSource is null ? (header.Body, body) : (0, null);
        return body;
    }

    private unsafe KnownBody Define(in RequestHeader header, byte* content)
    {
        var shared = context.ForSharedBody();
        var known = new KnownBody { Id = header.Body };
        try
        {
            known.Body = ValueSerializer.Deserialize<PoolBody>(ref content, content + header.BodyLength, shared);
        }
        catch (Exception exception)
        {
            known.Error = exception;
        }

        known.TokenSource = shared.TokenSource;
        (_lastId, _last) = (0, null); // together: 0 is also the number of tasks that bring their own body
        _known[header.Body] = known;
        _inOrder.Enqueue(known);
        if (_inOrder.Count > Most)
        {
            // A body that was defined again since has another entry.
            var oldest = _inOrder.Dequeue();
            if (_known.TryGetValue(oldest.Id, out var current) && current == oldest)
            {
                _known.Remove(oldest.Id);
            }
        }

        return known;
    }

    private sealed class KnownBody
    {
        public required int Id { get; init; }

        /// <summary>Null if it could not be read.</summary>
        public PoolBody? Body { get; set; }

        public Exception? Error { get; set; }

        /// <summary>Of the token in the body, which all its tasks share; null if there is none.</summary>
        public CancellationTokenSource? TokenSource { get; set; }
    }
}
