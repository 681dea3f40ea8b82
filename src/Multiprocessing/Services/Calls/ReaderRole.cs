namespace Multiprocessing;

/// <summary>
/// Which thread of this process reads the messages of one channel: one at a time, so that messages are handled in their order. A thread that waits
/// for
/// a reply reads by itself if no other thread does, so a reply wakes no other thread on its way. A thread that leaves passes the role to one
/// that sleeps. Thread-safe.
/// </summary>
internal sealed class ReaderRole
{
    private readonly List<CallRequest> _sleepers = [];
    private int _isTaken;
    private int _sleeperCount;
    private bool _isWanted;

    /// <summary>Gets whether a thread has the role.</summary>
    public bool IsTaken => Volatile.Read(ref _isTaken) != 0;

    /// <summary>Gets or sets whether a service's own thread waits for the role: the background leaves it.</summary>
    public bool IsWanted
    {
        get => Volatile.Read(ref _isWanted);
        set => Volatile.Write(ref _isWanted, value);
    }

    /// <summary>Takes the role. <see cref="Leave"/> it in any case.</summary>
    /// <returns>False if another thread has it.</returns>
    public bool TryEnter() => Volatile.Read(ref _isTaken) == 0 && Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>
    /// Gives the role back; a sleeping thread takes it. The exchange is a full fence, the partner of the one in <see cref="SleepUntilCompleted"/>:
    /// either
    /// this thread sees the sleeper, or the sleeper sees the free role.
    /// </summary>
    public void Leave()
    {
        _ = Interlocked.Exchange(ref _isTaken, 0);
        if (_sleeperCount != 0)
        {
            Promote();
        }
    }

    /// <summary>Sleeps until the call is completed, or until the role is free for the calling thread.</summary>
    /// <exception cref="ThreadInterruptedException">The program has interrupted the calling thread.</exception>
    public void SleepUntilCompleted(CallRequest call)
    {
        lock (_sleepers)
        {
            _sleepers.Add(call);
            _ = Interlocked.Increment(ref _sleeperCount);
        }

        var hasSlept = false;
        try
        {
            if (Volatile.Read(ref _isTaken) != 0)
            {
                call.Sleep();
            }

            hasSlept = true;
        }
        finally
        {
            lock (_sleepers)
            {
                _sleepers.Remove(call);
                _ = Interlocked.Decrement(ref _sleeperCount);
            }

            if (!hasSlept && !IsTaken)
            {
                Promote(); // the program has interrupted this thread, which may have been the one that was asked to read
            }
        }
    }

    private void Promote()
    {
        // Under the lock, in which the sleeper leaves the list before its call is used for something else.
        lock (_sleepers)
        {
            foreach (var sleeper in _sleepers)
            {
                if (!sleeper.IsCompleted)
                {
                    sleeper.AskToRead();
                    return;
                }
            }
        }
    }
}
