using System.Diagnostics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// One thread that receives the frames, the output and the end of all children of this process. It exists while there are children: a program whose
/// children have exited has no more handles and threads than before.
/// </summary>
internal sealed class ChildWatcher
{
    // Where the system does not report the end of a process, the end of its channel does: the process ends microseconds later. The long interval is
    // for a child whose channel was inherited by a fork that this library does not know. Milliseconds.
    private const int PollWhileEnding = 1;
    private const int PollWithoutExit = 450;
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

            // Last, it becomes the current watcher: one that could not start must not receive later children.
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
        Debug.Assert(Gate.IsHeldByCurrentThread, "The caller of Add must hold the lock of the watcher.");
        var id = ++_lastId;
        _links.Add(id, link);
        try
        {
            Register(id, link);
        }
        catch
        {
            _links.Remove(id); // the system is out of watches: the caller ends the child, because its end would not be noticed
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
            var interval = PollInterval();
            var count = _sources.Wait(tags, interval);
            foreach (var tag in tags[..count])
            {
                if (Find(tag >> KindBits) is { } link)
                {
                    HandleSafely(tag >> KindBits, (Kind)(tag & ((1 << KindBits) - 1)), link);
                }
            }

            if (interval >= 0)
            {
                PollForExits();
            }
        }
    }

    private int PollInterval()
    {
        lock (Gate)
        {
            var interval = Timeout.Infinite;
            foreach (var link in _links.Values)
            {
                if (link.Exit is null)
                {
                    interval = link.HasChannelEnded ? PollWhileEnding : interval < 0 ? PollWithoutExit : interval;
                }
            }

            return interval;
        }
    }

    private ChildLink? Find(long id)
    {
        lock (Gate)
        {
            return _links.GetValueOrDefault(id); // removed if its end was handled earlier in the same batch
        }
    }

    /// <summary>An event that cannot be handled affects this child only. Its later events stay unread until it ends.</summary>
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

    /// <summary>
    /// The thread itself failed: its children would not be watched any more, so they are killed. The next start creates another thread.
    /// </summary>
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
                Thread.Sleep(1); // it is killed: the kernel needs microseconds
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

    private void HandleExit(long id, ChildLink link)
    {
        lock (Gate)
        {
            _links.Remove(id); // first: output that is drained from here on is not watched again, as its descriptor is closed below
        }

        var ending = new ChildEnding(link);
        ending.Collect();
        lock (Gate)
        {
            if (_links.Count == 0)
            {
                // Before the waiters are released: when Join returns, this process has no handle of the library open.
                _current = ReferenceEquals(_current, this) ? null : _current;
                _sources.Dispose();
                _isClosed = true;
            }
        }

        ending.Report();
    }
}
