namespace Multiprocessing;

/// <summary>A reply that was read, and whose caller is not resumed yet.</summary>
internal interface IDeferredReply
{
    /// <summary>Completes the caller's task.</summary>
    /// <param name="resumesHere">Whether the caller continues on this thread, inside this call.</param>
    void Complete(bool resumesHere);
}

/// <summary>
/// The callers that a thread in the background resumes when it has left the role of the reader. One of them continues on that very thread, which
/// saves the wake-up of another one: with many calls on their way the caller and the reader are one thread. Not thread-safe.
/// </summary>
internal sealed class ReplyBatch
{
    private readonly List<IDeferredReply> _replies = [];

    /// <summary>Gets whether there is none.</summary>
    public bool IsEmpty => _replies.Count == 0;

    public void Add(IDeferredReply reply) => _replies.Add(reply);

    /// <summary>
    /// Resumes all of them, the last one on this thread, after the others: code of the program runs in here, and may block or call the service.
    /// </summary>
    public void Complete()
    {
        if (_replies.Count == 0)
        {
            return;
        }

        for (var i = 0; i < _replies.Count - 1; i++)
        {
            _replies[i].Complete(resumesHere: false);
        }

        var last = _replies[^1];
        _replies.Clear();
        last.Complete(resumesHere: true);
    }
}
