using System.Collections.Concurrent;

namespace Multiprocessing;

/// <summary>
/// Hands what workers tell while their tasks run (progress, log records) to the program, outside the gate: one after the other, in the order of each worker, as library work.
/// Who is slow to take it holds up the workers that tell so much, and not the memory of this process: from <see cref="Most"/> on no more is read.
/// </summary>
internal sealed class ReportDelivery
{
    public const int Most = 4096;

    private readonly ConcurrentQueue<object> _notes = new();
    private int _isRunning;
    private int _count;
    private volatile bool _isUnlimited;

    /// <summary>Nothing more should be read from the workers until <see cref="Emptied"/> is called.</summary>
    public bool IsFull => !_isUnlimited && Volatile.Read(ref _count) >= Most;

    /// <summary>Called when the last one was handed over, or there is room for other reasons.</summary>
    public Action? Emptied { get; set; }

    public void Add(Action note) => Enqueue(note);

    /// <summary>A task that ends when all that was added before has been handed over.</summary>
    public async ValueTask FlushAsync()
    {
        if (Volatile.Read(ref _count) != 0)
        {
            var reached = new Milestone();
            Enqueue(reached);
            await reached;
        }
    }

    /// <summary>The same, but for no longer than that: then what is left is logged as an error, and still handed over when the program takes it.</summary>
    public async ValueTask FlushAsync(TimeSpan limit)
    {
        if (Volatile.Read(ref _count) == 0)
        {
            return;
        }

        var reached = new Milestone();
        Enqueue(reached);
        if (!await reached.WaitAsync(limit).ConfigureAwait(false))
        {
            PoolLog.ReportFailed(new TimeoutException($"The program did not take within {limit.TotalSeconds:0.###} s what the pool's tasks reported and logged."));
        }
    }

    /// <summary>The callback that runs waits for the pool's end: from now on everything is read from the workers, however much waits here, for their tasks may wait for room.</summary>
    public void LiftLimit()
    {
        _isUnlimited = true;
        Emptied?.Invoke();
    }

    private void Enqueue(object note)
    {
        Interlocked.Increment(ref _count);
        _notes.Enqueue(note);
        Start();
    }

    private void Start()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) == 0)
        {
            LastResort.Queue(EntryPoint.ReportDelivery, this, static delivery => delivery.Run(), static (delivery, _) => delivery.GoOn());
        }
    }

    private void Run()
    {
        using (CallbackScope.Enter(this))
        {
            RunAll(ExecutionContext.Capture()!);
        }

        GoOn();
    }

    /// <summary>The work item has ended, with nothing left to hand over or with an exception: what is left is the next one's.</summary>
    private void GoOn()
    {
        Interlocked.Exchange(ref _isRunning, 0); // a full fence: who added since then finds 0, or is seen here
        if (!_notes.IsEmpty)
        {
            Start();
            return;
        }

        Emptied?.Invoke();
    }

    private void RunAll(ExecutionContext context)
    {
        while (_notes.TryDequeue(out var note))
        {
            if (note is Milestone reached)
            {
                reached.Reach();
            }
            else
            {
                Deliver((Action)note, context);
            }

            // After the note: zero means that all have been handed over, and not only taken out.
            Interlocked.Decrement(ref _count);
        }
    }

    private static void Deliver(Action note, ExecutionContext context)
    {
        try
        {
            // Each in the same context: what a callback leaves in it is not there for the next one.
            ExecutionContext.Run(context, static state => ((Action)state!)(), note);
        }
        catch (Exception exception)
        {
            // The program's own code threw; the task that told it knows nothing of it and goes on.
            PoolLog.ReportFailed(exception);
        }
    }
}
