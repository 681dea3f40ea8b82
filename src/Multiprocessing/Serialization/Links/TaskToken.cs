namespace Multiprocessing;

/// <summary>
/// The token of the task that is being written: the one live token that crosses, because the pool tells the other side when it is cancelled. It is said before the writing, by thread,
/// and found again by whoever reads.
/// </summary>
internal static class TaskToken
{
    [ThreadStatic]
    private static CancellationToken _crossing;

    [ThreadStatic]
    private static Func<CancellationToken>? _received;

    /// <summary>Where a worker's thread, which reads its tasks, finds the token of the task that it reads. Null on other threads.</summary>
    public static Func<CancellationToken>? Received
    {
        get => _received;
        set => _received = value;
    }

    /// <summary>Until it is disposed, this token crosses in what the thread writes.</summary>
    public static Scope Crossing(CancellationToken token)
    {
        var scope = new Scope(_crossing);
        _crossing = token;
        return scope;
    }

    public static bool MayCross(CancellationToken token) => token.CanBeCanceled && token == _crossing;

    public readonly ref struct Scope(CancellationToken before)
    {
        private readonly CancellationToken _before = before;

        public void Dispose() => _crossing = _before;
    }
}
