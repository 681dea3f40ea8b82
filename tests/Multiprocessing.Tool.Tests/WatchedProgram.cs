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

    private bool IsLeft() => ProgramLeftovers.Find().Any(leftover => leftover.RootProcessId == Id);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
