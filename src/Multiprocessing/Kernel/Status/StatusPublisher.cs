namespace Multiprocessing;

/// <summary>
/// Publishes what only this process knows about itself, for observers in other processes, while one looks. An observer writes the time into a word of
/// the session; twice a second this process reads that word, if it has anything to publish at all, and writes its <see cref="StatusFile"/> while the
/// time is recent. So a program that no one looks at pays two reads of memory per half second: the second one is for <see cref="FiguresPublisher"/>.
/// Thread-safe.
/// </summary>
internal static unsafe class StatusPublisher
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly Lock Gate = new();
    private static readonly Lock Publishing = new();
    private static readonly List<WeakReference<IStatusSource>> Sources = [];
    private static StatusDocument? _document;
    private static bool _isTicking;
    private static bool _hasFile;
    private static bool _hasLeft;
    private static volatile bool _isLookedAt;

    /// <summary>Gets whether an observer looks. It is known up to a tick later.</summary>
    public static bool IsLookedAt => _isLookedAt;

    /// <summary>
    /// Publishes the source from now on, until <see cref="Remove(IStatusSource)"/>, and at most as long as the program has a reference to it. Does
    /// nothing if it is published.
    /// </summary>
    public static void Add(IStatusSource source)
    {
        var session = Session.Current;
        lock (Gate)
        {
            if (Sources.Exists(reference => reference.TryGetTarget(out var known) && ReferenceEquals(known, source)))
            {
                return;
            }

            Sources.Add(new WeakReference<IStatusSource>(source));
            if (_isTicking)
            {
                return;
            }

            _isTicking = true;
        }

        session.Participants[session.Self.Slot]->Publishes = 1;
        session.Leaving += Remove;
        Schedule();
    }

    /// <summary>Ends the publication of the source.</summary>
    public static void Remove(IStatusSource source)
    {
        lock (Gate)
        {
            _ = Sources.RemoveAll(reference => !reference.TryGetTarget(out var known) || ReferenceEquals(known, source));
        }
    }

    private static void Schedule() => LibraryClock.After(Tick, static _ => Look(), null);

    /// <summary>On the thread of the timers: reads a word.</summary>
    private static void Look()
    {
        var session = Session.Current;
        if (Volatile.Read(ref _hasLeft))
        {
            return;
        }

        var lookedAt = Volatile.Read(ref session.Memory.Header->LookedAt);
        _isLookedAt = lookedAt != 0 && Math.Abs(Environment.TickCount64 - lookedAt) < StatusFile.LookLasts;
        if (!_isLookedAt && !_hasFile && !FiguresPublisher.IsAsked(session))
        {
            Schedule();
            return;
        }

        LastResort.Queue(
            EntryPoint.StatusPublication, session, static session =>
            {
                Publish(session);
                Schedule();
            },
            static (_, _) => Schedule());
    }

    private static void Publish(Session session)
    {
        lock (Publishing)
        {
            if (_hasLeft)
            {
                return;
            }

            try
            {
                if (FiguresPublisher.IsAsked(session))
                {
                    FiguresPublisher.Write(session);
                }

                if (_isLookedAt)
                {
                    _hasFile = true;
                    TakeRequest(session);
                    _document ??= new StatusDocument();
                    StatusFile.Write(StatusFile.PathOf(session.Directory, session.Self), _document.Write(Living(), Remove, hasTime: true));
                }
                else if (_hasFile)
                {
                    StatusFile.Delete(session.Directory, session.Self);
                    _hasFile = false;
                    _document = null;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // No room in shared memory, which the program needs more than its observer: the next tick tries again.
            }
        }
    }

    /// <summary>Before the document is written: it shows what the request has done.</summary>
    private static void TakeRequest(Session session)
    {
        if (StatusRequest.TryTake(StatusRequest.PathOf(session.Directory, session.Self)) is { } request)
        {
            foreach (var source in Living())
            {
                source.OnRequest(request);
            }
        }
    }

    /// <summary>This process leaves the session.</summary>
    private static void Remove()
    {
        Volatile.Write(ref _hasLeft, true);

        // A source may be in code of the program, the text of an exception, that takes any time. Then the file is removed with the session.
        if (Publishing.TryEnter(TimeSpan.FromSeconds(1)))
        {
            try
            {
                if (_hasFile)
                {
                    StatusFile.Delete(Session.Current.Directory, Session.Current.Self);
                }

                if (FiguresPublisher.IsAsked(Session.Current))
                {
                    FiguresPublisher.Write(Session.Current); // the last ones, which the root reads when this process has ended
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // No room in shared memory, or the root has removed the session.
            }
            finally
            {
                Publishing.Exit();
            }
        }
    }

    private static List<IStatusSource> Living()
    {
        var living = new List<IStatusSource>();
        lock (Gate)
        {
            _ = Sources.RemoveAll(static reference => !reference.TryGetTarget(out _));
            foreach (var reference in Sources)
            {
                if (reference.TryGetTarget(out var source))
                {
                    living.Add(source);
                }
            }
        }

        return living;
    }
}
