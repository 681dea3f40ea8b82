using System.Collections.Concurrent;

namespace Multiprocessing;

/// <summary>
/// Hands what workers tell while their tasks run (progress, log records) to the program, outside the gate: one after the other, in the order of each worker, on the thread pool.
/// Who is slow to take it holds up the workers that tell so much, and not the memory of this process: from <see cref="Most"/> on no more is read.
/// </summary>
internal sealed class NoteDelivery
{
    public const int Most = 4096;

    private readonly ConcurrentQueue<object> _notes = new();
    private int _isRunning;
    private int _count;

    /// <summary>Nothing more should be read from the workers until <see cref="Emptied"/> is called.</summary>
    public bool IsFull => Volatile.Read(ref _count) >= Most;

    /// <summary>Called, on the thread pool, when the last one was handed over.</summary>
    public Action? Emptied { get; set; }

    public void Add(Action note) => Enqueue(note);

    /// <summary>A task that ends when all that was added before has been handed over.</summary>
    public Task FlushAsync()
    {
        if (Volatile.Read(ref _count) == 0)
        {
            return Task.CompletedTask;
        }

        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Enqueue(reached);
        return reached.Task;
    }

    /// <summary>The same, but for no longer than that: then what is left is logged as an error, and still handed over when the program takes it.</summary>
    public async Task FlushAsync(TimeSpan limit)
    {
        try
        {
            await FlushAsync().WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            MultiprocessingLogging.NoteFailed(exception);
        }
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
            LastResort.Queue(EntryPoint.NoteDelivery, this, static delivery => delivery.Run(), static (delivery, _) => delivery.GoOn());
        }
    }

    private void Run()
    {
        while (_notes.TryDequeue(out var note))
        {
            if (note is TaskCompletionSource reached)
            {
                reached.TrySetResult();
            }
            else
            {
                Deliver((Action)note);
            }

            // After the note: zero means that all have been handed over, and not only taken out.
            Interlocked.Decrement(ref _count);
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

    private static void Deliver(Action note)
    {
        try
        {
            note();
        }
        catch (Exception exception)
        {
            // The program's own code threw; the task that told it knows nothing of it and goes on.
            MultiprocessingLogging.NoteFailed(exception);
        }
    }
}
