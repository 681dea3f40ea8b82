namespace Multiprocessing;

/// <summary>
/// The calls of one client of a manager. Calls of built-in types run on the thread that reads them: they never wait on it. Those of the program's own
/// types run on threads of the pool; the calls of one object begin in order. A client with too many calls gets an error for the next one.
/// </summary>
internal sealed class ManagerScheduler(int maxCalls) : CallScheduler
{
    private const int MinRepliesInFlight = 64;

    // A call leaves this count before its reply is sent: the client may make the next call as soon as it has the reply.
    private int _unanswered;

    // Includes the calls whose reply is being sent. Limited too, because a client that does not take its replies keeps a thread with each of them.
    private int _running;

    public override bool RunsOnReader => true;

    public override bool TryBegin(ICallWork work) =>
        work is Proxies.IncomingCall { NeverBlocks: true } call && TryCount(call);

    public override void Add(ICallWork work, OrderedWork? order)
    {
        if (work is not Proxies.IncomingCall call)
        {
            Interlocked.Increment(ref _running);
        }
        else if (!TryCount(call))
        {
            call.Refuse(new InvalidOperationException(
                $"The client has {maxCalls} calls in flight, which is the limit of the manager. Await earlier calls before the next one."));
            return;
        }

        if (order is null)
        {
            Start(work);
        }
        else
        {
            order.Add(() =>
            {
                if (work.Run())
                {
                    End();
                }
            });
        }
    }

    public override ICallWork? Next()
    {
        End();
        return null;
    }

    public override void End() => Interlocked.Decrement(ref _running);

    /// <summary>The reply of a call is about to be sent.</summary>
    public void OnAnswer() => Interlocked.Decrement(ref _unanswered);

    private bool TryCount(Proxies.IncomingCall call)
    {
        var unanswered = Interlocked.Increment(ref _unanswered);
        var running = Interlocked.Increment(ref _running);
        if (unanswered > maxCalls || running - maxCalls > Math.Max(maxCalls, MinRepliesInFlight))
        {
            Interlocked.Decrement(ref _unanswered);
            Interlocked.Decrement(ref _running);
            return false;
        }

        call.CountedBy = this;
        return true;
    }
}
