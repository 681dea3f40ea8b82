namespace Multiprocessing;

/// <summary>
/// The children of this process that stand ready without a body. How many follows from how many were started lately; they are made one after the other
/// on the thread pool, some time after a start, so that no start waits for them and no short program pays for one.
/// </summary>
internal sealed class SpareStock
{
    private const string MaximumOption = "Multiprocessing.MaxSpareProcesses";
    private const int MostByDefault = 4;
    private const int MostHints = 16;

    /// <summary>Starts further back say nothing about the next ones.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    /// <summary>After a start that found no spare: the program may be a short one, or busy starting its only children.</summary>
    private static readonly TimeSpan DelayAfterMiss = TimeSpan.FromMilliseconds(200);

    /// <summary>After a start that found one: not at the same time as the body's first steps.</summary>
    private static readonly TimeSpan DelayAfterHit = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan PatienceAtExit = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<SpareChild> _spares = [];
    private readonly List<Task> _dismissed = [];
    private readonly List<(int Number, BodyHint Hint)> _hints = [];
    private readonly Queue<long> _starts = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private readonly LibraryTimer _timer;
    private TimeSpan _idleTimeout = TimeSpan.FromSeconds(30);
    private int _maximum = RuntimeOption.Number(MaximumOption, Math.Min(Environment.ProcessorCount, MostByDefault));
    private int _asked;
    private long _lastDemand;
    private long _dueAt = long.MaxValue;
    private int _hintsSeen;
    private bool _isTending;
    private bool _isSubscribed;
    private bool _isClosed;

    private SpareStock() => _timer = LastResort.NewTimer(EntryPoint.SpareTimer, Timeout.InfiniteTimeSpan, Tend, OnTimerFailed);

    public static SpareStock Current { get; } = new();

    public int Maximum
    {
        get
        {
            lock (_gate)
            {
                return _maximum;
            }
        }

        set
        {
            lock (_gate)
            {
                _maximum = value;
                _asked = Math.Min(_asked, value);
                while (_starts.Count > value)
                {
                    _ = _starts.Dequeue();
                }

                DismissAllBut(value);
                FailWaiting(
                    count => count > value,
                    new InvalidOperationException($"{nameof(SpareProcesses)}.{nameof(SpareProcesses.MaxCount)} was lowered to {value} before as many spares as were asked for stood ready."));
            }
        }
    }

    public TimeSpan IdleTimeout
    {
        get
        {
            lock (_gate)
            {
                return _idleTimeout;
            }
        }

        set
        {
            lock (_gate)
            {
                _idleTimeout = value;
                Arm(TimeSpan.Zero);
            }
        }
    }

    public int Ready
    {
        get
        {
            lock (_gate)
            {
                return _spares.Count(spare => spare.IsReady);
            }
        }
    }

    /// <summary>Hands a spare that is as good as a new child to the supervisor, if there is one and the options ask for nothing that only a new one can have.</summary>
    public ChildLink? TryTake(ChildProcessOptions options, ChildSupervisor supervisor)
    {
        lock (_gate)
        {
            if (_spares.Count == 0 || !IsFitFor(options))
            {
                return null;
            }

            for (var i = 0; i < _spares.Count; i++)
            {
                var spare = _spares[i];
                if (!spare.IsReady)
                {
                    continue;
                }

                if (!spare.Surroundings.AreThoseOfNow())
                {
                    DismissAllBut(0);
                    return null;
                }

                _spares.RemoveAt(i--);
                try
                {
                    if (spare.TryHandOver(supervisor))
                    {
                        return spare.Link;
                    }
                }
                catch
                {
                    spare.Kill(); // it is on no list any more
                    throw;
                }
            }

            return null;
        }
    }

    /// <summary>Told of each start once its body is on the way.</summary>
    public void NoteStart(ChildCall call, ChildProcessOptions options, bool foundSpare)
    {
        lock (_gate)
        {
            // One whose options no spare has is no demand for spares: they would stand idle.
            if (_maximum == 0 || _isClosed || !IsFitFor(options))
            {
                return;
            }

            _lastDemand = Environment.TickCount64;
            _starts.Enqueue(_lastDemand);
            while (_starts.Count > _maximum)
            {
                _ = _starts.Dequeue();
            }

            Remember(call);
            Arm(foundSpare ? DelayAfterHit : DelayAfterMiss);
        }
    }

    /// <summary>Has that many made whether or not there were starts.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than the maximum.</exception>
    public Task PrepareAsync(int count)
    {
        lock (_gate)
        {
            if (count > _maximum)
            {
                throw new ArgumentOutOfRangeException(nameof(count), count, $"At most {_maximum} spares may stand ready; raise {nameof(SpareProcesses)}.{nameof(SpareProcesses.MaxCount)} first.");
            }

            ObjectDisposedException.ThrowIf(_isClosed, this);
            _asked = Math.Max(_asked, count);
            _lastDemand = Environment.TickCount64;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            TellWaiting();
            Arm(TimeSpan.Zero);
            return reached.Task;
        }
    }

    public void OnReady()
    {
        lock (_gate)
        {
            TellWaiting();
        }
    }

    /// <summary>
    /// A spare ended that nobody had taken: dismissed, killed from outside, or unable to begin. The last two are made again when there is demand, and not
    /// before: a spare that cannot begin must not be made over and over.
    /// </summary>
    public void OnGone(SpareChild spare)
    {
        lock (_gate)
        {
            if (_spares.Remove(spare))
            {
                GiveUp(spare);
            }
        }
    }

    private static bool IsFitFor(ChildProcessOptions options) =>
        options.Environment.Count == 0 && options.WorkingDirectory is null && options.StandardOutput == ProcessOutput.Inherit && options.HeapLimit is null
        && options.ProcessorAffinity is null && options.Nice is null && !options.ServerGarbageCollection;

    /// <summary>Makes and ends spares until there are as many as there should be; on the thread pool, one at a time.</summary>
    private void Tend()
    {
        lock (_gate)
        {
            _dueAt = long.MaxValue;
            if (_isTending)
            {
                return;
            }

            _isTending = true;
        }

        try
        {
            TellHints();
            while (WantsOneMore())
            {
                MakeOne();
            }
        }
        catch (Exception exception)
        {
            // What keeps a spare from being started keeps the user's next child from it as well, and then he is told why.
            lock (_gate)
            {
                FailWaiting(exception);
            }
        }
        finally
        {
            lock (_gate)
            {
                _isTending = false;
                if (_waiting.Count == 0)
                {
                    ArmForIdleness();
                }
            }
        }
    }

    private void OnTimerFailed(Exception exception)
    {
        lock (_gate)
        {
            FailWaiting(exception);
            _isTending = false;
            _dueAt = long.MaxValue; // the next start or request sets the timer again
        }
    }

    private bool WantsOneMore()
    {
        lock (_gate)
        {
            var now = Environment.TickCount64;
            while (_starts.TryPeek(out var start) && now - start > Memory.TotalMilliseconds)
            {
                _ = _starts.Dequeue();
            }

            // Not idle while a caller waits for spares: on a busy machine they may take longer to start than the idle time-out.
            if (_waiting.Count == 0 && _idleTimeout != Timeout.InfiniteTimeSpan && now - _lastDemand >= _idleTimeout.TotalMilliseconds)
            {
                _starts.Clear();
                _asked = 0;
                DismissAllBut(0);
            }

            return !_isClosed && _spares.Count < Math.Min(_maximum, Math.Max(_asked, _starts.Count));
        }
    }

    private void MakeOne()
    {
        var spare = new SpareChild(this, new SpareSurroundings());
        spare.Link = ChildLauncher.Launch("spare", new ChildProcessOptions { StandardError = ProcessOutput.Discard }, isSpare: true, spare);
        ChildLauncher.Watch(spare.Link, "spare");
        lock (_gate)
        {
            if (!_isSubscribed)
            {
                // Not earlier: a program that cannot start children, or starts none, has no session.
                _isSubscribed = true;
                Session.Current.Leaving += Close;
            }

            if (_isClosed || _spares.Count >= _maximum)
            {
                spare.Kill();
                return;
            }

            if (spare.Gone.IsCompleted)
            {
                GiveUp(spare);
                return;
            }

            _spares.Add(spare);
        }

        // The first one, empty or not, is what it waits for before it says that it is ready.
        Tell(spare);
    }

    private void TellHints()
    {
        SpareChild[] spares;
        lock (_gate)
        {
            spares = [.. _spares.Where(spare => spare.HintsTold < _hintsSeen)];
        }

        foreach (var spare in spares)
        {
            Tell(spare);
        }
    }

    private void Tell(SpareChild spare)
    {
        BodyHint[] hints;
        lock (_gate)
        {
            hints = [.. _hints.Where(hint => hint.Number > spare.HintsTold).Select(hint => hint.Hint)];
            spare.HintsTold = _hintsSeen;
        }

        spare.Prepare(BodyHint.ToBytes(hints));
    }

    private void Remember(ChildCall call)
    {
        var hint = BodyHint.Of(call);
        if (_hints.Exists(known => known.Hint == hint))
        {
            return;
        }

        if (_hints.Count == MostHints)
        {
            _hints.RemoveAt(0);
        }

        _hints.Add((++_hintsSeen, hint));
    }

    private void DismissAllBut(int count)
    {
        while (_spares.Count > count)
        {
            _spares[^1].Kill();
            _dismissed.Add(_spares[^1].Gone);
            _spares.RemoveAt(_spares.Count - 1);
        }

        _ = _dismissed.RemoveAll(gone => gone.IsCompleted);
    }

    private void GiveUp(SpareChild spare)
    {
        _starts.Clear();
        _asked = 0;
        FailWaiting(new ProcessStartException(
            $"A spare process (pid {spare.Link.ProcessId}) ended before it had anything to do. Its last words on standard error:{Environment.NewLine}{spare.Link.Error?.Tail()}"));
    }

    private void TellWaiting()
    {
        var ready = _spares.Count(spare => spare.IsReady);
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_waiting[i].Count <= ready)
            {
                _waiting[i].Reached.SetResult();
                _waiting.RemoveAt(i);
                _lastDemand = Environment.TickCount64;
                ArmForIdleness();
            }
        }
    }

    private void ArmForIdleness()
    {
        if (_spares.Count > 0 && _idleTimeout != Timeout.InfiniteTimeSpan)
        {
            Arm(TimeSpan.FromMilliseconds(Math.Max(0, _lastDemand + _idleTimeout.TotalMilliseconds - Environment.TickCount64)));
        }
    }

    private void FailWaiting(Exception exception) => FailWaiting(static _ => true, exception);

    private void FailWaiting(Predicate<int> which, Exception exception)
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            var (count, reached) = _waiting[i];
            if (which(count))
            {
                _waiting.RemoveAt(i);
                reached.SetException(exception);
                _ = reached.Task.Exception; // observed: a caller that gave up waiting has lost nothing
            }
        }
    }

    private void Arm(TimeSpan delay)
    {
        var due = Environment.TickCount64 + (long)delay.TotalMilliseconds;
        if (due < _dueAt && !_isClosed)
        {
            _dueAt = due;
            _timer.Change(delay);
        }
    }

    /// <summary>At the end of this process. When it dies without coming here, the spares see their control channels end.</summary>
    private void Close()
    {
        Task[] gone;
        lock (_gate)
        {
            _isClosed = true;
            _timer.Dispose();
            DismissAllBut(0);
            FailWaiting(new ObjectDisposedException(nameof(SpareProcesses), "The process is ending."));
            gone = [.. _dismissed];
        }

        _ = Task.WhenAll(gone).Wait(PatienceAtExit);
    }
}
