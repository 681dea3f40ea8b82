namespace Multiprocessing;

/// <summary>
/// The calls of one client of a manager. Calls of built-in types run on the thread that reads them: they never wait on it. Those of the program's own
/// types run on threads of the pool; the calls of one object begin in order. A client with too many calls gets an error for the next one.
/// </summary>
internal sealed class ManagerScheduler(int maxCalls) : CallScheduler
{
    private int _running;

    public override bool RunsOnReader => true;

    public override bool TryBegin(ICallWork work)
    {
        if (work is not Proxies.IncomingCall { NeverBlocks: true } || Volatile.Read(ref _running) >= maxCalls)
        {
            return false;
        }

        Interlocked.Increment(ref _running);
        return true;
    }

    public override void Add(ICallWork work, OrderedWork? order)
    {
        if (Interlocked.Increment(ref _running) > maxCalls && work is Proxies.IncomingCall call)
        {
            End();
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
}
