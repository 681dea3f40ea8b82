using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// One asynchronous wait, ended by being told, by its deadline or by its token, whichever comes first. What follows on it is <see cref="LibraryWork"/>, which needs no thread of the thread pool.
/// Awaited at most once.
/// </summary>
internal sealed class AsyncWaiter : ICriticalNotifyCompletion
{
    private const int Told = 1;
    private const int TimedOut = 2;
    private const int Cancelled = 3;

    private static readonly Action Ended = static () => { };

    private Action? _continuation;
    private int _end;

    public void Tell() => End(Told);

    /// <summary>False when the deadline has passed first.</summary>
    /// <exception cref="TaskCanceledException">The token was cancelled.</exception>
    public async ValueTask<bool> WaitAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        var registration = LastResort.OnCancelled(cancellationToken, this, static waiter => waiter.End(Cancelled));
        var alarm = deadline.IsNever ? null : LibraryClock.After(deadline.TimerDelay, static waiter => ((AsyncWaiter)waiter!).End(TimedOut), this);
        await this;
        registration.Unregister();
        alarm?.Dispose();
        return Volatile.Read(ref _end) switch
        {
            Told => true,
            TimedOut => false,
            _ => throw new TaskCanceledException(null, null, cancellationToken),
        };
    }

    public AsyncWaiter GetAwaiter() => this;

    public bool IsCompleted => ReferenceEquals(Volatile.Read(ref _continuation), Ended);

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        if (Interlocked.CompareExchange(ref _continuation, continuation, null) is not null)
        {
            LibraryWork.Continue(continuation); // ended since it was looked at
        }
    }

    private void End(int how)
    {
        if (Interlocked.CompareExchange(ref _end, how, 0) != 0)
        {
            return;
        }

        if (Interlocked.Exchange(ref _continuation, Ended) is { } continuation)
        {
            LibraryWork.Continue(continuation);
        }
    }
}
