using System.Diagnostics;

namespace Multiprocessing;

/// <summary>The spares of this process: child processes that are ready and wait for a body.</summary>
internal sealed class SpareStock
{
    private const string MaximumOption = "Multiprocessing.MaxSpareProcesses";
    private const int DefaultMaximum = 4;

    /// <summary>After a start without a spare: the program may be a short one, or busy starting all the children it needs.</summary>
    private static readonly TimeSpan DelayAfterMiss = TimeSpan.FromMilliseconds(200);

    /// <summary>After a start with a spare: the next spare does not compete with the first steps of the body.</summary>
    private static readonly TimeSpan DelayAfterHit = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Where the processors are always in use, a spare competes with the program for a tenth of a second, and saves the next start as much.
    /// </summary>
    private static readonly TimeSpan PatienceWithBusyProcessors = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SpareList _spares;
    private readonly SpareDemand _demand;
    private readonly SpareHints _hints;
    private readonly SpareRequests _requests;
    private readonly SpareStarter _starter;
    private bool _isSubscribed;
    private bool _isClosed;

    private SpareStock()
    {
        _demand = new SpareDemand(_gate, RuntimeOption.Number(MaximumOption, Math.Min(Environment.ProcessorCount, DefaultMaximum)));
        _spares = new SpareList(_gate);
        _hints = new SpareHints(_gate);
        _requests = new SpareRequests(_gate);
        _starter = new SpareStarter(this, _gate);
    }

    public static SpareStock Current { get; } = new();

    public int Maximum
    {
        get
        {
            lock (_gate)
            {
                return _demand.Maximum;
            }
        }

        set
        {
            lock (_gate)
            {
                AssertInvariants();
                _demand.SetMaximum(value);
                _spares.DismissAllBut(value);
                _requests.FailAbove(value, new InvalidOperationException(
                    $"{nameof(SpareProcesses)}.{nameof(SpareProcesses.MaxCount)} was lowered to {value} before the requested number of spares was "
                    + "ready."));
                ScheduleIdleCheck(); // of the others, which the request has kept
            }
        }
    }

    public TimeSpan IdleTimeout
    {
        get
        {
            lock (_gate)
            {
                return _demand.IdleTimeout;
            }
        }

        set
        {
            lock (_gate)
            {
                _demand.IdleTimeout = value;
                _starter.Schedule(TimeSpan.Zero);
            }
        }
    }

    /// <summary>Returns the pids of the spares that wait.</summary>
    public int[] ProcessIds()
    {
        lock (_gate)
        {
            return _spares.ProcessIds();
        }
    }

    public int Ready
    {
        get
        {
            lock (_gate)
            {
                return _spares.CountReady();
            }
        }
    }

    /// <summary>Assigns a ready spare to the supervisor if one is equivalent to a new child with these options.</summary>
    /// <returns>The link to the child, or <see langword="null"/> if a new child is needed.</returns>
    public ChildLink? TryTake(ChildProcessOptions options, ChildSupervisor supervisor)
    {
        lock (_gate)
        {
            AssertInvariants();
            if (_spares.Count == 0 || !IsFitFor(options))
            {
                return null;
            }

            while (_spares.FindReady() is { } spare)
            {
                if (!spare.Surroundings.AreCurrent())
                {
                    _spares.DismissAllBut(0);
                    _starter.Schedule(DelayAfterMiss); // also if the start that follows fails: a caller may wait for spares
                    return null;
                }

                _spares.Remove(spare);
                try
                {
                    if (spare.TryAssign(supervisor))
                    {
                        return spare.Link;
                    }
                }
                catch
                {
                    spare.Kill(); // it is in no list any more
                    throw;
                }
            }

            return null;
        }
    }

    /// <summary>Records a start of the program, once its body has been sent.</summary>
    public void OnStarted(ChildCall call, ChildProcessOptions options, bool foundSpare)
    {
        lock (_gate)
        {
            // A start whose options no spare can have is no demand: a spare for it would stay idle.
            if (_demand.Maximum == 0 || _isClosed || !IsFitFor(options))
            {
                return;
            }

            _demand.AddStart();
            _hints.Add(call);
            _starter.Schedule(foundSpare ? DelayAfterHit : DelayAfterMiss);
        }
    }

    /// <summary>Starts spares until that many are ready, whether or not the program has started children.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is above the maximum.</exception>
    public Task PrepareAsync(int count)
    {
        lock (_gate)
        {
            if (count > _demand.Maximum)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(count),
                    count,
                    $"At most {_demand.Maximum} spares are allowed. Raise {nameof(SpareProcesses)}.{nameof(SpareProcesses.MaxCount)} first.");
            }

            ObjectDisposedException.ThrowIf(_isClosed, this);
            _demand.AddRequest(count);
            var request = _requests.Add(count);
            CompleteRequests();
            _starter.Schedule(TimeSpan.Zero);
            return request;
        }
    }

    public void OnReady()
    {
        lock (_gate)
        {
            CompleteRequests();
        }
    }

    /// <summary>
    /// A spare ended before it was assigned. It was dismissed, or killed from outside, or could not start. In the last two cases the demand is
    /// cleared: a spare that cannot start must not be started again and again.
    /// </summary>
    public void OnEnded(SpareChild spare)
    {
        lock (_gate)
        {
            if (_spares.Remove(spare))
            {
                OnSpareFailed(spare);
            }
        }
    }

    /// <summary>Whether one more spare must be started. Dismisses all spares if they are idle.</summary>
    public bool NeedsSpare()
    {
        lock (_gate)
        {
            AssertInvariants();
            _demand.ForgetOldStarts();

            // Spares are not idle while a caller waits for them: on a busy machine a start may take longer than the idle time-out.
            if (_requests.IsEmpty && _demand.IsIdle)
            {
                _demand.Clear();
                _spares.DismissAllBut(0);
            }

            return !_isClosed && _spares.Count < _demand.Count;
        }
    }

    /// <summary>
    /// Gets whether the next spare may wait for an idle processor: no caller waits for it, and the last start of the program is so short a time ago
    /// that what was started then may still be at its first steps.
    /// </summary>
    public bool MayWait
    {
        get
        {
            lock (_gate)
            {
                return _requests.IsEmpty && _demand.Age < PatienceWithBusyProcessors;
            }
        }
    }

    /// <summary>Adds a launched spare, or kills it if it is not needed any more.</summary>
    public void Add(SpareChild spare)
    {
        lock (_gate)
        {
            if (!_isSubscribed)
            {
                // Not earlier: a program that starts no children has no session.
                _isSubscribed = true;
                Session.Current.Leaving += Close;
            }

            if (_isClosed || _spares.Count >= _demand.Maximum)
            {
                spare.Kill();
                return;
            }

            if (spare.Ended.IsCompleted)
            {
                OnSpareFailed(spare);
                return;
            }

            _spares.Add(spare);
        }

        SendHints(spare); // also without hints: the spare reports that it is ready after the first message
    }

    public void SendNewHints()
    {
        SpareChild[] spares;
        lock (_gate)
        {
            spares = _spares.WithoutHint(_hints.LastNumber);
        }

        foreach (var spare in spares)
        {
            SendHints(spare);
        }
    }

    /// <summary>Spares could not be started. The caller holds the lock.</summary>
    public void OnStartFailed(Exception exception) => _requests.Fail(exception);

    /// <summary>The starter has nothing left to do. The caller holds the lock.</summary>
    public void OnStarterIdle()
    {
        if (_requests.IsEmpty)
        {
            ScheduleIdleCheck();
        }
    }

    private static bool IsFitFor(ChildProcessOptions options) =>
        options.Environment.Count == 0 && options.WorkingDirectory is null && options.StandardOutput == ProcessOutput.Inherit
            && options.HeapLimit is null
        && options.ProcessorAffinity is null && options.Nice is null && !options.ServerGarbageCollection;

    /// <summary>There are never more spares than the maximum, and none after the process has begun to exit.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "The caller must hold the lock of the stock.");
        Debug.Assert(_spares.Count <= _demand.Maximum, "There are more spares than the maximum.");
        Debug.Assert(!_isClosed || _spares.Count == 0, "A closed stock has spares.");
    }

    private void SendHints(SpareChild spare)
    {
        BodyHint[] hints;
        lock (_gate)
        {
            hints = _hints.After(spare.HintsSent);
            spare.HintsSent = _hints.LastNumber;
        }

        spare.Prepare(BodyHint.ToBytes(hints));
    }

    private void OnSpareFailed(SpareChild spare)
    {
        _demand.Clear();
        _requests.Fail(new ProcessStartException(
            $"A spare process (pid {spare.Link.ProcessId}) ended before it received a body. Its last output on standard error:"
            + $"{Environment.NewLine}{spare.Link.Error?.Tail()}"));
        ScheduleIdleCheck();
    }

    private void CompleteRequests()
    {
        AssertInvariants();
        if (_requests.Complete(_spares.CountReady()))
        {
            _demand.Renew();
            ScheduleIdleCheck();
        }
    }

    private void ScheduleIdleCheck()
    {
        if (_spares.Count > 0 && _demand.TimeUntilIdle is { } delay)
        {
            _starter.Schedule(delay);
        }
    }

    /// <summary>Ends the spares when this process exits. If it is killed instead, the spares see the end of their control channels.</summary>
    private void Close()
    {
        Task ended;
        lock (_gate)
        {
            _isClosed = true;
            _starter.Close();
            _spares.DismissAllBut(0);
            _requests.Fail(new ObjectDisposedException(nameof(SpareProcesses), "The process is exiting."));
            ended = _spares.WhenDismissedEnded();
        }

        _ = ended.Wait(ExitTimeout);
    }
}
