using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// One asynchronous wait. It ends by a notification, its deadline or its token, whichever is first. Its continuation runs as
/// <see cref="LibraryWork"/>, which needs no thread of the thread pool. It is awaited at most once.
/// </summary>
internal sealed class AsyncWaiter : ICriticalNotifyCompletion
{
    private const int Notified = 1;
    private const int TimedOut = 2;
    private const int Cancelled = 3;

    private static readonly Action Ended = static () => { };

    private Action? _continuation;
    private int _end;

    public void Notify() => End(Notified);

    /// <summary>Waits. Returns false when the deadline has passed first.</summary>
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
            Notified => true,
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
            LibraryWork.Continue(continuation); // ended since IsCompleted was read
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
