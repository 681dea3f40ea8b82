namespace Multiprocessing;

/// <summary>
/// Processes that stand ready, so that a start need not wait for a runtime to come up (tens of milliseconds): the runtime is up in them, the library's
/// code and the bodies that were started lately are compiled, and nothing of the program has run. A start takes one if there is one, and otherwise starts
/// a process from scratch; a body cannot tell the difference, except that its process is a little older than it.
/// <para>
/// How many there are follows from use: after the first start one is made in the background, then as many as there were starts in the last ten seconds,
/// never more than <see cref="MaxCount"/>; they go after <see cref="IdleTimeout"/> without a start, and when this process ends. A start takes no spare
/// if its options set environment, working directory, standard output, heap limit, affinity, niceness or server garbage collection, or if this process has
/// changed its environment or directory since. One costs about 35 MiB of resident memory, of which some 10 MiB are its own, and no processor time while it waits.
/// Each process has its own. All members may be used by several threads at once.
/// </para>
/// </summary>
/// <example>
/// <code>
/// SpareProcesses.MaxCount = 2;
/// await SpareProcesses.WarmUpAsync(2); // two processes are started and wait for a body
/// using var child = ChildProcess.Run(() => Environment.ProcessId); // its body begins at once
/// Console.WriteLine(await child.Result);
/// </code>
/// </example>
public static class SpareProcesses
{
    /// <summary>
    /// The most that may stand ready; 0 for none. Spares above a lowered maximum end at once. The default is the number of processors, at most 4, or
    /// what the runtime configuration property <c>Multiprocessing.MaxSpareProcesses</c> says, which holds for child processes as well.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public static int MaxCount
    {
        get => SpareStock.Current.Maximum;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            SpareStock.Current.Maximum = value;
        }
    }

    /// <summary>How long after the last start they wait for the next one. The default is 30 seconds; <see cref="Timeout.InfiniteTimeSpan"/>: as long as this process runs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not infinite, or more than 24 days.</exception>
    public static TimeSpan IdleTimeout
    {
        get => SpareStock.Current.IdleTimeout;
        set
        {
            if ((value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan) || value.TotalMilliseconds > int.MaxValue)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "A duration is zero or more, at most 24 days, or Timeout.InfiniteTimeSpan.");
            }

            SpareStock.Current.IdleTimeout = value;
        }
    }

    /// <summary>How many stand ready now.</summary>
    public static int ReadyCount => SpareStock.Current.Ready;

    /// <summary>Has spares made now, for a program that knows that it will start processes soon. They count as wanted until <see cref="IdleTimeout"/> has passed without a start.</summary>
    /// <param name="count">How many shall stand ready.</param>
    /// <param name="cancellationToken">Ends the wait; the spares are made all the same.</param>
    /// <returns>A task that completes when they do.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or above <see cref="MaxCount"/>.</exception>
    /// <exception cref="ProcessStartException">Processes cannot be started here; through the task.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled; through the task.</exception>
    public static Task WarmUpAsync(int count = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return SpareStock.Current.PrepareAsync(count).WaitAsync(cancellationToken);
    }
}
