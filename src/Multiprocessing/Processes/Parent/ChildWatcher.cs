using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// One thread that hears everything from all children of this process: frames, output, death. It exists while there are children,
/// so that a program whose children are gone holds no more handles and threads than before.
/// </summary>
internal sealed class ChildWatcher
{
    // Where the system does not tell the end of a process, the end of its channel does: the process is gone microseconds later. The long slice is for one that has
    // passed its channel on, by a fork that this library knows nothing of.
    private const int SliceWhileEnding = 1;
    private const int SliceWithoutExit = 450;
    private const int KindBits = 2;

    private static readonly Lock Gate = new();
    private static ChildWatcher? _current;

    private readonly ReadinessSet _sources = ReadinessSet.Create();
    private readonly Dictionary<long, ChildLink> _links = [];
    private long _lastId;
    private bool _isClosed;

    private enum Kind
    {
        Exit,
        Control,
        Output,
        Error,
    }

    /// <summary>Watches a child from now on until it has ended.</summary>
    public static void Watch(ChildLink link)
    {
        lock (Gate)
        {
            if (_current is { } current)
            {
                current.Add(link);
                return;
            }

            // It becomes the current one last: one that could not begin must not be left as the one to which all later children are told.
            var watcher = new ChildWatcher();
            try
            {
                watcher.Add(link);
                LastResort.NewThread(EntryPoint.ChildWatcher, "Multiprocessing child watcher", watcher.Run, watcher.OnFailed).Start();
            }
            catch
            {
                watcher._sources.Dispose();
                throw;
            }

            _current = watcher;
        }
    }

    private static long Tag(long id, Kind kind) => (id << KindBits) | (long)kind;

    private void Add(ChildLink link)
    {
        var id = ++_lastId;
        _links.Add(id, link);
        try
        {
            Register(id, link);
        }
        catch
        {
            _links.Remove(id); // the system is out of watches: the caller ends the child, which nobody would hear of
            throw;
        }
    }

    private void Register(long id, ChildLink link)
    {
        _sources.Watch(link.Control, Tag(id, Kind.Control));
        if (link.Output is { } output)
        {
            _sources.Watch(output.Source, Tag(id, Kind.Output));
        }

        if (link.Error is { } error)
        {
            _sources.Watch(error.Source, Tag(id, Kind.Error));
        }

        if (link.Exit is { } exit)
        {
            _sources.Watch(exit, Tag(id, Kind.Exit));
        }
    }

    private void Run()
    {
        Span<long> tags = stackalloc long[64];
        while (!_isClosed)
        {
            var slice = SliceNow();
            var count = _sources.Wait(tags, slice);
            foreach (var tag in tags[..count])
            {
                if (Find(tag >> KindBits) is { } link)
                {
                    HandleSafely(tag >> KindBits, (Kind)(tag & ((1 << KindBits) - 1)), link);
                }
            }

            if (slice >= 0)
            {
                PollForExits();
            }
        }
    }

    private int SliceNow()
    {
        lock (Gate)
        {
            var slice = Timeout.Infinite;
            foreach (var link in _links.Values)
            {
                if (link.Exit is null)
                {
                    slice = link.HasChannelEnded ? SliceWhileEnding : slice < 0 ? SliceWithoutExit : slice;
                }
            }

            return slice;
        }
    }

    private ChildLink? Find(long id)
    {
        lock (Gate)
        {
            return _links.GetValueOrDefault(id); // gone when its end was handled earlier in the same batch
        }
    }

    /// <summary>What cannot be handled of one child costs that one only. What it still says is left where it is, until its end comes.</summary>
    private void HandleSafely(long id, Kind kind, ChildLink link) => LastResort.Run(EntryPoint.ChildEvent, () => Handle(id, kind, link), exception =>
    {
        link.Lose(exception);
        lock (Gate)
        {
            if (_links.ContainsKey(id) && kind != Kind.Exit)
            {
                _sources.Unwatch(kind switch { Kind.Control => link.Control, Kind.Output => link.Output!.Source, _ => link.Error!.Source });
            }
        }
    });

    /// <summary>The thread itself failed: nobody would hear of its children any more, so they end, and the next start makes another thread.</summary>
    private void OnFailed(Exception exception)
    {
        KeyValuePair<long, ChildLink>[] links;
        lock (Gate)
        {
            _current = ReferenceEquals(_current, this) ? null : _current;
            links = [.. _links];
        }

        foreach (var (id, link) in links)
        {
            LastResort.Run(EntryPoint.ChildEvent, () => link.Lose(exception));
            while (!ChildWait.HasEnded(link.ProcessId))
            {
                Thread.Sleep(1); // it is killed: the kernel needs microseconds for it
            }

            HandleExit(id, link);
        }
    }

    private void Handle(long id, Kind kind, ChildLink link)
    {
        switch (kind)
        {
            case Kind.Exit:
                HandleExit(id, link);
                break;
            case Kind.Control when !link.ReadControl():
                _sources.Unwatch(link.Control);
                break;
            case Kind.Output:
                HandleOutput(id, kind, link.Output!);
                break;
            case Kind.Error:
                HandleOutput(id, kind, link.Error!);
                break;
        }
    }

    private void HandleOutput(long id, Kind kind, OutputCapture capture)
    {
        if (!capture.Read())
        {
            _sources.Unwatch(capture.Source);
        }
        else if (capture.IsCongested)
        {
            _sources.Unwatch(capture.Source);
            capture.WhenDrained(() =>
            {
                lock (Gate)
                {
                    if (_links.ContainsKey(id))
                    {
                        _sources.Watch(capture.Source, Tag(id, kind));
                    }
                }
            });
        }
    }

    private void PollForExits()
    {
        KeyValuePair<long, ChildLink>[] ended;
        lock (Gate)
        {
            ended = [.. _links.Where(pair => pair.Value.Exit is null && ChildWait.HasEnded(pair.Value.ProcessId))];
        }

        foreach (var (id, link) in ended)
        {
            HandleExit(id, link);
        }
    }

    /// <summary>
    /// The order matters: frames first, because the last one says why; then the child's process group, while the zombie still keeps its number
    /// from being reused; then the output, which nobody in the group can add to any more; then reaping; then the other processes of the session;
    /// and the listener's waiters last, so that whoever returns from Join sees all of it done.
    /// </summary>
    private void HandleExit(long id, ChildLink link)
    {
        LastResort.Run(
            EntryPoint.ChildExit,
            () =>
            {
                link.Control.Settle();
                _ = link.ReadControl();
            },
            link.Lose);
        Surely(() => _ = Signals.SendToGroup(link.ProcessId, Signals.Kill));
        ProcStat? lastStat = null;
        Surely(() => lastStat = ProcessTable.TryReadStat(link.ProcessId));
        Surely(() => link.Output?.ReadRest());
        Surely(() => link.Error?.ReadRest());
        WaitStatus status = default;
        Surely(() => status = link.Reap());
        Surely(link.Close);
        lock (Gate)
        {
            _links.Remove(id);
            if (_links.Count == 0)
            {
                _current = ReferenceEquals(_current, this) ? null : _current; // before the waiters are told: who returns from Join finds no handle of ours open
                _sources.Dispose();
                _isClosed = true;
            }
        }

        var exit = new ParticipantExit(link.ProcessId, ExitReason.Unknown, -1, -1);
        Surely(() => exit = link.Listener.OnExited(status, lastStat));
        try
        {
            Session.Current.Liveness.MarkDead(link.Participant, exit);
            OrphanReaper.Reap(Session.Current, link.Participant);
        }
        catch (Exception exception)
        {
            MultiprocessingLogging.DeathNotAnnounced(exception, link.ProcessId); // the others find out by themselves, a little later
        }

        LastResort.Run(EntryPoint.ChildExit, link.Listener.OnGone, link.Listener.OnGoneLost);
    }

    /// <summary>A step that the next ones must not be left out for: once more if it fails, and then without it.</summary>
    private static void Surely(Action step) => LastResort.Run(EntryPoint.ChildExit, step, _ => step());
}
