using Multiprocessing;

namespace Comparison.Cases;

/// <summary>Two processes, or one alone, at a lock, event, semaphore, condition, barrier or number: nanoseconds for each time.</summary>
/// <param name="kind">The name in the Python script.</param>
/// <param name="what">What is measured, as shown in the table.</param>
/// <param name="aim">The target.</param>
/// <param name="create">Creates the object that both processes use.</param>
/// <param name="work">One pass with a number of repetitions; the last argument is whether the other process runs it.</param>
/// <param name="processes">1 or 2.</param>
/// <param name="count">The number of repetitions.</param>
/// <param name="pythonCount">The number of repetitions for CPython.</param>
internal sealed class Synchronization<T>(
    string kind, string what, Aim aim, Func<T> create, Action<T, int, bool> work, int processes, int count, int pythonCount) : Case
    where T : class
{
    public override string Name => "sync-" + kind;

    public override IReadOnlyList<Figure> Figures => [new(what, Unit.Nanoseconds, aim)];

    /// <summary>The same work with the BCL.</summary>
    public Func<double>? InBcl { get; init; }

    public override double[]? Bcl() => InBcl is null ? null : [InBcl()];

    public override double[] Ours() => [Measure(kind, create, work, processes, count)];

    public override double[]? Python() => PythonRunner.Run("synchronization", kind, pythonCount);

    public static double Measure(string kind, Func<T> create, Action<T, int, bool> work, int processes, int count)
    {
        var shared = create();
        using var go = new ProcessQueue<bool>();
        using var other = processes == 2 ? ChildProcess.Run(Follow, shared, work, go, count) : null;
        var elapsed = Passes.Last(() =>
        {
            go.Put(true);
            work(shared, count, false);
        });
        go.Complete();
        other?.Join();
        (shared as IDisposable)?.Dispose();

        // If both processes use the same object, each has used it this often.
        return elapsed.TotalNanoseconds / count / (kind is "contention" or "counter" ? 2 : 1);
    }

    private static void Follow(T shared, Action<T, int, bool> work, ProcessQueue<bool> go, int count)
    {
        foreach (var _ in go.ReadAll())
        {
            work(shared, count, true);
        }
    }
}

/// <summary>The work of the cases.</summary>
internal static class SynchronizationWork
{
    public static void Lock(ProcessLock gate, int count, bool other)
    {
        for (var i = 0; i < count; i++)
        {
            gate.Enter();
            gate.Exit();
        }
    }

    public static void NamedMutex(MutexName name, int count, bool other)
    {
        var gate = name.Open();
        for (var i = 0; i < count; i++)
        {
            gate.WaitOne();
            gate.ReleaseMutex();
        }
    }

    public static void Event(Pair<ProcessEvent> events, int count, bool other)
    {
        var (mine, theirs) = other ? (events.There, events.Back) : (events.Back, events.There);
        for (var i = 0; i < count; i++)
        {
            if (!other)
            {
                theirs.Set();
            }

            mine.Wait();
            if (other)
            {
                theirs.Set();
            }
        }
    }

    public static void Semaphore(Pair<ProcessSemaphore> semaphores, int count, bool other)
    {
        var (mine, theirs) = other ? (semaphores.There, semaphores.Back) : (semaphores.Back, semaphores.There);
        for (var i = 0; i < count; i++)
        {
            if (!other)
            {
                theirs.Release();
            }

            mine.Wait();
            if (other)
            {
                theirs.Release();
            }
        }
    }

    /// <summary>Each process wakes the other and sleeps until it is woken: one round is two wake-ups.</summary>
    public static void Condition(Turns turns, int count, bool other)
    {
        var me = other ? 1 : 0;
        for (var i = 0; i < count; i++)
        {
            using var scope = turns.Changed.Lock.EnterScope();
            turns.Changed.Wait(() => turns.Turn.CurrentCount == me);
            if (other)
            {
                turns.Turn.Wait();
            }
            else
            {
                turns.Turn.Release();
            }

            turns.Changed.Notify();
        }
    }

    public static void Add(SharedValue<long> value, int count, bool other)
    {
        for (var i = 0; i < count; i++)
        {
            value.Add(1);
        }
    }

    public static void AddLocked(SharedValue<long> value, int count, bool other)
    {
        var gate = value.Lock;
        for (var i = 0; i < count; i++)
        {
            gate.Enter();
            value.Value++;
            gate.Exit();
        }
    }

    public static void Barrier(ProcessBarrier barrier, int count, bool other)
    {
        for (var i = 0; i < count; i++)
        {
            barrier.SignalAndWait();
        }
    }
}

/// <summary>A named <see cref="Mutex"/>, which each process opens once.</summary>
internal sealed record MutexName(string Name) : IDisposable
{
    private static Mutex? _opened;

    public Mutex Open() => _opened ??= new Mutex(initiallyOwned: false, Name);

    public void Dispose()
    {
        _opened?.Dispose();
        _opened = null;
    }
}

internal sealed record Pair<T>(T There, T Back) : IDisposable
    where T : IDisposable
{
    public void Dispose()
    {
        There.Dispose();
        Back.Dispose();
    }
}

/// <summary>The process whose turn it is: the count of a semaphore.</summary>
internal sealed record Turns(ProcessCondition Changed, ProcessSemaphore Turn) : IDisposable
{
    public void Dispose()
    {
        Changed.Dispose();
        Turn.Dispose();
    }
}
