namespace Multiprocessing;

/// <summary>
/// Spares: child processes that are started in advance, so that a start need not wait for the runtime (tens of milliseconds). In a spare the runtime
/// has started, the code of the library and the bodies that were started recently are compiled, and no code of the program has run.
/// </summary>
/// <remarks>
/// A start uses a spare if there is one, and otherwise starts a new process. The only difference for a body is that its process is a little older.
/// <para>
/// The number of spares follows the use. After the first start, one spare is started in the background; later, as many as there were starts in the
/// last ten seconds, at most <see cref="MaxCount"/>. Spares end after <see cref="IdleTimeout"/> without a start, and when this process exits. A start
/// does not use a spare if its options set environment, working directory, standard output, heap limit, affinity, niceness or server garbage
/// collection, or if this process has changed its environment or working directory since. A spare uses about 35 MiB of resident memory, of which
/// about 10 MiB are not shared, and no processor time.
/// </para>
/// <para>Each process has its own spares. All members may be used by several threads at once.</para>
/// </remarks>
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
    /// Gets or sets the maximum number of spares; 0 disables them. Spares above a lowered maximum end at once. The default value is the number of
    /// processors, at most 4, or the value of the runtime configuration property <c>Multiprocessing.MaxSpareProcesses</c>, which also applies in
    /// child processes.
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

    /// <summary>
    /// Gets or sets how long spares are kept after the last start. The default value is 30 seconds. <see cref="Timeout.InfiniteTimeSpan"/> keeps them
    /// as long as this process runs.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not infinite, or more than 24 days.</exception>
    public static TimeSpan IdleTimeout
    {
        get => SpareStock.Current.IdleTimeout;
        set
        {
            if ((value < TimeSpan.Zero && value != Timeout.InfiniteTimeSpan) || value.TotalMilliseconds > int.MaxValue)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "IdleTimeout must be from zero to 24 days, or Timeout.InfiniteTimeSpan.");
            }

            SpareStock.Current.IdleTimeout = value;
        }
    }

    /// <summary>Gets the number of spares that are ready now.</summary>
    public static int ReadyCount => SpareStock.Current.Ready;

    /// <summary>
    /// Starts spares now, for a program that will start processes soon. They are kept until <see cref="IdleTimeout"/> has elapsed without a start.
    /// </summary>
    /// <param name="count">The number of spares that must be ready. The default value is 1.</param>
    /// <param name="cancellationToken">Cancels the wait; the spares are started all the same.</param>
    /// <returns>A task that completes when that many spares are ready.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or above <see cref="MaxCount"/>.</exception>
    /// <exception cref="ProcessStartException">Processes cannot be started. The task contains the exception.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled. The task contains the exception.</exception>
    public static Task WarmUpAsync(int count = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return SpareStock.Current.PrepareAsync(count).WaitAsync(cancellationToken);
    }
}
