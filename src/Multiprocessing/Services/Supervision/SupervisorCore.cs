using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A supervisor's table of children and its decisions. Every event (a child runs, a child has ended, a timer fires, a probe fails, a caller adds,
/// removes or stops) changes the table under the gate and then decides what is next (<see cref="Advance"/>). What has to be done outside of the gate,
/// because it takes time or runs code of the program, is collected and runs when the gate is free.
/// <para>
/// Invariants: a child has at most one life; an event of an earlier life is ignored. A child that waits starts when each child before it runs, has
/// run, or has ended for good. While a group is restarted, none of its children starts.
/// </para>
/// <para>
/// If this process is killed, nothing of this is needed: its children see the end of their control channels and exit.
/// </para>
/// </summary>
internal sealed partial class SupervisorCore
{
    private static int _supervisors;

    private readonly Lock _gate = new();
    private readonly List<ChildEntry> _children = [];
    private readonly RestartIntensity _intensity;
    private readonly SupervisorClock _clock;
    private readonly ConditionWaiters _waiters = new();
    private List<(Action Work, Action<Exception> Fail)> _pending = [];
    private readonly bool _isRoot;
    private readonly SupervisorStatus _status;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<ChildEnd> _life = NewLife();
    private GroupRestart? _group;
    private bool _isLive;
    private bool _isStopping;
    private bool _isKilling;
    private bool _isRetired;
    private bool _hadChildren;
    private Exception? _failure;
    private LibraryTimer? _stopTimer;

    /// <param name="validated">The options.</param>
    /// <param name="isRoot">It has no parent that could start it again.</param>
    public SupervisorCore(ProcessSupervisorOptions validated, bool isRoot)
    {
        _isRoot = isRoot;
        Options = validated;
        Name = string.IsNullOrEmpty(validated.Name) ? $"Supervisor-{Interlocked.Increment(ref _supervisors)}" : validated.Name;
        _clock = new SupervisorClock(validated.TimeProvider);
        _intensity = new RestartIntensity(validated.MaxRestarts, validated.Period, _clock);
        _status = new SupervisorStatus(this);
        StatusPublisher.Add(_status);
    }

    public string Name { get; }

    public ProcessSupervisorOptions Options { get; }

    /// <summary>Gets a task that completes when the current life has ended: every child has. It never fails.</summary>
    public Task<ChildEnd> Ended
    {
        get
        {
            lock (_gate)
            {
                return _life.Task;
            }
        }
    }

    /// <summary>
    /// Gets a task that completes when the supervisor has ended for good; it fails with <see cref="SupervisorEscalatedException"/> if it gave up.
    /// </summary>
    public Task Completion => _completion.Task;

    /// <summary>Begins a life with all children waiting for their start.</summary>
    public void Begin()
    {
        Change(() =>
        {
            Debug.Assert(!_isLive, "A supervisor has one life at a time.");
            if (_isRetired)
            {
                return;
            }

            if (_life.Task.IsCompleted)
            {
                _life = NewLife();
            }

            _isLive = true;
            _isStopping = false;
            _isKilling = false;
            _failure = null;
            _intensity.Clear();
            foreach (var entry in _children)
            {
                Revive(entry);
            }
        });
    }

    /// <summary>Adds a child, which starts as soon as those before it run.</summary>
    /// <exception cref="ArgumentException">There is a child of that name.</exception>
    /// <exception cref="ObjectDisposedException">The supervisor was disposed or has ended.</exception>
    /// <exception cref="InvalidOperationException">The supervisor has given up.</exception>
    public ChildEntry Add(string name, ISupervisedChild child, SupervisedChildOptions options)
    {
        var entry = new ChildEntry(name, child, options);
        Change(() =>
        {
            ThrowIfOver();
            if (_children.Exists(other => other.Name == name))
            {
                throw new ArgumentException($"Supervisor '{Name}' has a child '{name}' already. Names of children are unique.", nameof(name));
            }

            entry.Since = _clock.Now;
            _children.Add(entry);
            _hadChildren = true;
        });
        return entry;
    }

    /// <summary>Stops a child and removes it. Returns a task that completes when nothing of it runs.</summary>
    public Task RemoveAsync(ChildEntry entry)
    {
        Task removed = Task.CompletedTask;
        Change(() =>
        {
            entry.IsRemoving = true;
            entry.Timer?.Dispose();
            if (entry.State is SupervisedChildState.Running)
            {
                Stop(entry);
            }
            else if (entry.State is SupervisedChildState.Starting)
            {
                CancelStart(entry);
            }

            removed = _waiters.Wait(() => !_children.Contains(entry));
        });
        return removed;
    }

    /// <summary>
    /// Returns a task that completes when every child runs or has ended for good. It fails if the supervisor gives up or is stopped before.
    /// </summary>
    public Task WhenStarted()
    {
        lock (_gate)
        {
            return _waiters.Wait(() =>
            {
                ThrowIfOver();
                return _isLive && _group is null && _children.TrueForAll(
                    static entry => entry.State is SupervisedChildState.Running or SupervisedChildState.Ended);
            });
        }
    }

    /// <summary>Returns a task that completes when a condition on the table holds.</summary>
    public Task When(Func<bool> condition)
    {
        lock (_gate)
        {
            return _waiters.Wait(condition);
        }
    }

    /// <summary>Reads the table under the gate.</summary>
    public T Read<T>(Func<IReadOnlyList<ChildEntry>, T> read)
    {
        lock (_gate)
        {
            return read(_children);
        }
    }

    /// <summary>Gets the numbers for the text of the tree, under the gate.</summary>
    public (int Recent, bool IsStopping, Exception? Failure, bool IsLive) Summary
    {
        get
        {
            lock (_gate)
            {
                return (_intensity.Recent.Count, _isStopping, _failure, _isLive);
            }
        }
    }

    /// <summary>Throws if no child starts any more. Under the gate.</summary>
    public void ThrowIfOver()
    {
        if (!_isRetired)
        {
            return;
        }

        if (_failure is { } failure)
        {
            throw new InvalidOperationException(
                $"Supervisor '{Name}' has given up and starts no children any more: {ExceptionText.Message(failure)}", failure);
        }

        throw new ObjectDisposedException(Name, $"Supervisor '{Name}' was disposed or has ended, and starts no children any more.");
    }

    private static TaskCompletionSource<ChildEnd> NewLife() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Changes the table and does what follows from the change.</summary>
    private void Change(Action change)
    {
        List<(Action Work, Action<Exception> Fail)> pending;
        lock (_gate)
        {
            change();
            RemoveEnded();
            if (_isLive)
            {
                Advance();
            }

            RemoveEnded();
            _waiters.Check();
            pending = _pending;
            _pending = [];
        }

        foreach (var (work, fail) in pending)
        {
            LastResort.Run(EntryPoint.SupervisorWork, work, fail);
        }
    }

    /// <summary>Decides what is next. Under the gate; changes states, and collects what is done outside of the gate.</summary>
    private void Advance()
    {
        if (_isStopping)
        {
            if (StopLast(_children))
            {
                Finish();
            }

            return;
        }

        if (_group is { } group)
        {
            if (!StopLast([.. _children.Where(group.Affects)]) || !group.IsDue)
            {
                return;
            }

            EndGroup(group);
        }

        foreach (var entry in _children)
        {
            if (entry.State is SupervisedChildState.Waiting)
            {
                Start(entry);
            }

            if (entry.State is not (SupervisedChildState.Running or SupervisedChildState.Ended) && !entry.HasRun)
            {
                return; // those after it wait for it
            }
        }

        if (Options.EndsWithChildren && _hadChildren && _children.TrueForAll(static entry => entry.IsEnded))
        {
            _isStopping = true;
            Finish();
        }
    }

    /// <summary>Collects what is done outside of the gate. Under the gate.</summary>
    /// <param name="work">What is done; quick, because the callers of all events do it.</param>
    /// <param name="fail">Is called if that throws; <see langword="null"/> to try a second time.</param>
    private void Later(Action work, Action<Exception>? fail = null) => _pending.Add((work, fail ?? (_ => work())));

    /// <summary>Collects a report, which runs code of the program: an exception there must not fail the supervisor. Under the gate.</summary>
    private void Report(Action report) =>
        Later(() => LastResort.Run(EntryPoint.SupervisorReport, report, static report => report(), static (_, _) => { }));

    /// <summary>The child waits for its start as at the beginning, unless it is never started again. Under the gate.</summary>
    private void Revive(ChildEntry entry)
    {
        if (entry.Options.Restart is RestartPolicy.Temporary && entry.Life > 0)
        {
            EndForGood(entry);
            return;
        }

        entry.State = SupervisedChildState.Waiting;
        entry.HasRun = false;
        entry.Since = _clock.Now;
    }

    private void RemoveEnded()
    {
        for (var i = _children.Count - 1; i >= 0; i--)
        {
            if (_children[i] is { IsRemoving: true, IsActive: false } entry)
            {
                _group?.Remove(entry);
                _children.RemoveAt(i);
                if (!entry.IsEnded)
                {
                    // The timer of its back-off may have fired already, and waits for the gate. It starts only what is backing off.
                    entry.State = SupervisedChildState.Stopped;
                }

                Later(entry.Child.Release);
                if (entry.Child is NestedSupervisor nested)
                {
                    Later(() => nested.Core.BeginStop(isFinal: true)); // no life follows, which those who wait for its end learn
                }
            }
        }
    }

    /// <summary>Code of the supervisor itself has thrown: everything is killed, and the supervisor fails with that error.</summary>
    private void Fail(Exception exception) => Change(() =>
    {
        _failure ??= exception;
        if (_isLive)
        {
            BeginStopping();
            KillAll();
        }
    });
}
