using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Reads the messages of a channel while no thread waits for a reply: it sleeps on the transport without a thread. It is needed only while there is
/// something that a message may be for (<see cref="CallChannel.HasInterest"/>). Threads that wait for their own replies read faster, so it
/// lets a channel alone on which they were active in the last milliseconds. Thread-safe.
/// </summary>
internal sealed class BackgroundReader(CallChannel channel, MessageTransport transport, ReaderRole role)
{
    /// <summary>
    /// How long it polls for the next message before it sleeps, in ticks of <see cref="Stopwatch"/>: about as long as a wake-up takes.
    /// </summary>
    private static readonly long SpinTicks = Stopwatch.Frequency / 50_000;

    /// <summary>How long a channel must be without a reading thread before this one sleeps on it.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private IDisposable? _registration;
    private bool _isArming;
    private bool _isRunning;
    private int _signals;
    private int _isChecking;
    private int _resuming;
    private long _seenReads;

    /// <summary>
    /// Reads what arrives from now on. A caller that a reading thread has just resumed returns to that thread, which continues to read.
    /// </summary>
    public void Start()
    {
        if (Volatile.Read(ref _resuming) != 0)
        {
            StartSoon(); // in case that the caller does not return
            return;
        }

        Arm();
    }

    /// <summary>Sleeps on the transport, or reads what is there.</summary>
    private void Arm()
    {
        int signals;
        lock (_gate)
        {
            if (_isArming || _isRunning || _registration is not null || channel.IsEnded)
            {
                return;
            }

            _isArming = true;
            signals = _signals;
        }

        IDisposable? registration = null;
        try
        {
            registration = transport.Readable.Register(OnSignal);
        }
        catch (ObjectDisposedException)
        {
        }
        catch (Exception exception)
        {
            channel.Fail(exception); // nothing would read, and the callers would wait for ever
        }

        bool isUsedUp;
        lock (_gate)
        {
            _isArming = false;
            if (registration is null)
            {
                return;
            }

            // The signal may have come, and its reader may have ended, before this thread ran again: that reader could not register itself.
            isUsedUp = _signals != signals;
            _registration = isUsedUp ? null : registration;
        }

        // A message that arrived before the registration sends no signal.
        if (isUsedUp || channel.IsReadable || channel.IsEnded)
        {
            OnSignal();
        }
    }

    /// <summary>
    /// Sleeps on the transport soon, if no thread reads by itself until then: one alarm for many calls.
    /// </summary>
    public void StartSoon()
    {
        if (Volatile.Read(ref _registration) is null && Interlocked.Exchange(ref _isChecking, 1) == 0)
        {
            _seenReads = channel.Reads;
            LibraryClock.After(Quiet, static state => ((BackgroundReader)state!).Check(), this);
        }
    }

    /// <summary>Ends the registration: a thread reads the channel by itself for some time.</summary>
    public void Stop()
    {
        if (Volatile.Read(ref _registration) is null)
        {
            return;
        }

        IDisposable? registration;
        lock (_gate)
        {
            registration = _registration;
            _registration = null;
        }

        registration?.Dispose();
    }

    private void Check()
    {
        // A full fence, the partner of the exchange in StartSoon: either this thread sees that the role is free, or the thread that left it sees
        // that no check
        // is due any more.
        _ = Interlocked.Exchange(ref _isChecking, 0);
        if (!channel.HasInterest || channel.IsEnded || role.IsTaken)
        {
            return; // a thread that reads and leaves calls StartSoon
        }

        if (channel.Reads != _seenReads)
        {
            StartSoon();
            return;
        }

        // Registering may take a lock that a thread of another process holds: not on the thread of the timers.
        LastResort.Queue(EntryPoint.ServiceWork, this, static reader => reader.Arm(), static (reader, _) => reader.StartSoon());
    }

    /// <summary>On a thread that must not be held: it reads elsewhere.</summary>
    private void OnSignal()
    {
        lock (_gate)
        {
            _signals++;
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        LastResort.Queue(
            EntryPoint.ServiceRead, this, static reader => reader.Read(), static (reader, exception) => reader.Fail(exception));
    }

    private void Fail(Exception exception) => channel.Fail(exception);

    private void Read()
    {
        var batch = new ReplyBatch();
        do
        {
            Stop();
            var hasRead = ReadWhileBusy(batch);
            lock (_gate)
            {
                _isRunning = false;
            }

            if (channel.IsEnded && batch.IsEmpty)
            {
                return;
            }

            if (!hasRead)
            {
                if (channel.HasInterest)
                {
                    StartSoon(); // a thread reads by itself
                }

                return;
            }

            if (batch.IsEmpty)
            {
                if (channel.HasInterest)
                {
                    Arm();
                }

                return;
            }

            Resume(batch);
        }
        while (ContinuesReading());
    }

    /// <summary>Reads until no message arrives for some time, or until there are callers to resume.</summary>
    /// <returns>False if another thread reads.</returns>
    private bool ReadWhileBusy(ReplyBatch batch)
    {
        if (!role.TryEnter())
        {
            return false;
        }

        try
        {
            // What it has read makes other code run, on the thread that this one leaves free: it does not poll for more.
            var end = Stopwatch.GetTimestamp() + SpinTicks;
            while (!channel.ReadAll(batch) && !channel.IsEnded && !role.IsWanted && Stopwatch.GetTimestamp() < end)
            {
                Spin.Pause();
            }
        }
        finally
        {
            role.Leave();
        }

        return true;
    }

    /// <summary>
    /// Runs code of the program, while no thread reads. If it does not return within milliseconds, the check that <see cref="StartSoon"/> has ordered
    /// makes another thread read.
    /// </summary>
    private void Resume(ReplyBatch batch)
    {
        _ = Interlocked.Increment(ref _resuming);
        if (channel.HasInterest)
        {
            StartSoon();
        }

        try
        {
            // Again if it fails: a continuation that is no async method may throw, and the other callers must not wait forever.
            LastResort.Run(EntryPoint.Continuation, batch, static batch => batch.Complete(), static (batch, _) => batch.Complete());
        }
        finally
        {
            _ = Interlocked.Decrement(ref _resuming);
        }
    }

    private bool ContinuesReading()
    {
        if (!channel.HasInterest || channel.IsEnded)
        {
            return false;
        }

        lock (_gate)
        {
            if (_isRunning || _isArming)
            {
                return false;
            }

            _isRunning = true;
            return true;
        }
    }
}
