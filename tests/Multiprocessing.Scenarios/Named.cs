namespace Multiprocessing.Scenarios;

/// <summary>Programs that have nothing in common but the user and a name.</summary>
internal static class Named
{
    public static int HoldLock()
    {
        using var held = ProcessLock.OpenOrCreate("lock");
        held.Enter();
        Report.Line("held", Environment.ProcessId);
        Report.WaitToBeKilled();
        return 1;
    }

    public static int EnterLock()
    {
        using var wanted = ProcessLock.Open("lock");
        Report.Line("waiting", Environment.ProcessId);
        var result = wanted.Enter();
        Report.Line("abandoned", result.WasAbandoned);
        wanted.Exit();
        return 0;
    }

    /// <summary>All must have got the same barrier and the same value, or they never meet and count wrong.</summary>
    public static int Race(int crowd)
    {
        using var value = SharedValue<long>.OpenOrCreate("race value", 100);
        using var barrier = ProcessBarrier.OpenOrCreate("race", crowd);
        barrier.SignalAndWait();
        Report.Line("number", value.Increment());
        barrier.SignalAndWait();
        return 0;
    }

    /// <summary>Answers in capitals, until it is asked to stop.</summary>
    public static int Serve()
    {
        using var requests = ProcessQueue<string>.OpenOrCreate("requests");
        using var answers = ProcessQueue<string>.OpenOrCreate("answers", new ProcessQueueOptions { Capacity = 10 });
        Report.Line("ready", Environment.ProcessId);
        while (requests.Get() is not "stop" and var request)
        {
            answers.Put(request.ToUpperInvariant());
        }

        return 0;
    }

    /// <summary>Handles of named objects in the body of a child, and in a queue without a name.</summary>
    public static int Capture()
    {
        using var sum = SharedValue<int>.OpenOrCreate("sum", 1);
        using var named = ProcessQueue<int>.OpenOrCreate("numbers");
        using var way = new ProcessQueue<ProcessQueue<int>>();
        way.Put(named);
        ChildProcess.Run(
            (value, queue) =>
            {
                value.Add(41);
                using var numbers = queue.Get();
                numbers.Put(value.Value);
                using var again = SharedValue<int>.Open("sum");
                again.Increment();
            },
            sum,
            way).Join();
        Report.Line("put", named.Get());
        Report.Line("sum", sum.Value);
        using var nameless = new ProcessLock();
        using var locks = ProcessQueue<ProcessLock>.OpenOrCreate("locks");
        try
        {
            locks.Put(nameless);
        }
        catch (NotSupportedException exception)
        {
            Report.Line("refused", exception.Message);
        }

        return 0;
    }

    public static int Types()
    {
        using var parcels = ProcessQueue<Parcel>.OpenOrCreate("parcels");
        parcels.Put(new Parcel(1, "one"));
        Report.Line("ready", parcels.Count);
        Report.WaitToBeKilled();
        return 1;
    }

    /// <summary>A later run of the same program.</summary>
    public static int SameTypes()
    {
        using var parcels = ProcessQueue<Parcel>.Open("parcels");
        Report.Line("parcel", parcels.Get());
        return 0;
    }

    /// <summary>Creates, uses and lets go of objects until it is killed.</summary>
    public static int Churn()
    {
        Report.Line("ready", Environment.ProcessId);
        while (true)
        {
            using var guard = ProcessLock.OpenOrCreate("churn lock");
            using var numbers = SharedArray<long>.OpenOrCreate("churn numbers", 2);
            using var queue = ProcessQueue<string>.OpenOrCreate("churn queue");
            using var changed = ProcessCondition.OpenOrCreate("churn condition");
            guard.Enter();
            guard.Exit();
            using (var scope = numbers.Lock.EnterScope())
            {
                if (numbers[0] != numbers[1] && !scope.WasAbandoned)
                {
                    Report.Line("torn", $"{numbers[0]} {numbers[1]}");
                }

                numbers[1] = numbers[0];
                numbers[0]++;
                numbers[1]++;
            }

            queue.Put("x");
            queue.TryGet(out _);
        }
    }

    internal sealed record Parcel(int Number, string Text);
}
