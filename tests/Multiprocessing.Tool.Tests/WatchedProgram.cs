using System.Globalization;
using Multiprocessing.Tests;
using Xunit;

// Tests kill programs and look at what is left in directories that all share.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Multiprocessing.Tool.Tests;

/// <summary>A running program with a pool, of which one worker hangs, two queues, a lock with a waiter, and three children.</summary>
public sealed class WatchedProgram : IAsyncLifetime, IDisposable
{
    private Companion? _companion;

    public int Id { get; private set; }

    public int HungWorker => Number(_companion!.Value("hung"));

    public int Downloader => Children[0];

    public int Saver => Children[1];

    public int Bookkeeper => Children[2];

    private int[] Children => [.. _companion!.Value("watched").Split(' ').Select(Number)];

    public ValueTask InitializeAsync()
    {
        _companion = Companion.Start(ProgramShape.Library, "watched");
        Id = _companion.Id;
        _companion.WaitFor("watched");
        _companion.WaitFor("hung");

        // The other workers start at the same time, and the program publishes what it knows when it sees that it is looked at.
        using var monitor = ProgramMonitor.Open(Id);
        Eventually.Is(() => IsComplete(monitor.Read()), $"the program {Id} shows all its processes and workers", TimeSpan.FromSeconds(60));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        if (_companion is null)
        {
            return;
        }

        // Killed with all its processes at once, it leaves its memory behind. The system releases the lock when the last thread has ended.
        _companion.Dispose();
        Eventually.Is(() => ProgramLeftovers.Remove().All(static leftover => leftover.Error is null) && !IsLeft(), $"the memory of {Id} is removed");
        _companion = null;
    }

    private static bool IsComplete(ProgramSnapshot snapshot) => snapshot.Processes.Count >= 7
        && snapshot.Pools.Any(static pool => pool.Workers.Count >= 3 && pool.Workers.Any(static worker => worker.TaskName == "HangsHere"));

    private bool IsLeft() => ProgramLeftovers.Find().Any(leftover => leftover.RootProcessId == Id);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
