namespace Multiprocessing;

/// <summary>
/// Waits for several things at once: queues, events, semaphores, child processes and connections, in any mix. A wait needs no thread for each of
/// them and does not poll.
/// </summary>
/// <remarks>
/// <para>
/// A source is ready when the call that uses it would not wait: a queue has an item or is completed, an event is set, a semaphore has a count, a
/// process has ended, a connection has a message or its other side is closed. A source is also ready if that call would throw because no process is
/// left that could end its wait. Waiting takes nothing: call <c>TryGet</c>, <c>Wait</c> or <c>Receive</c> afterwards. If other waiters use the
/// source too, one of them may be faster: use a call with a time limit of zero.
/// </para>
/// <para>All members are safe to call from any thread, and any number of waits may use the same source.</para>
/// </remarks>
/// <example>
/// <code>
/// using var results = new ProcessQueue&lt;int>();
/// using var child = ChildProcess.Run(() => results.Put(42));
/// while (true)
/// {
///     int ready = ProcessWait.Any([results, child], TimeSpan.FromSeconds(30));
///     if (ready == 0 &amp;&amp; results.TryGet(out int result))
///     {
///         Console.WriteLine($"Result: {result}");
///         seen.Add($"{result}");
///     }
///     else if (ready == 1)
///     {
///         Console.WriteLine($"The process has ended: {child.ExitStatus}");
///         seen.Add("end");
///     }
///
///     if (child.ExitStatus is not null &amp;&amp; results.IsEmpty)
///     {
///         break;
///     }
/// }
/// </code>
/// </example>
public static class ProcessWait
{
    /// <summary>Waits until at least one source is ready.</summary>
    /// <param name="sources">The sources; one may occur several times.</param>
    /// <returns>
    /// The index of a ready source. If several are ready, one of them is chosen at random, so no source starves another one.
    /// </returns>
    /// <exception cref="ArgumentException">There is no source, or one of them is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">A child process was not started.</exception>
    /// <exception cref="ObjectDisposedException">A source was disposed in this process, before the call or during it.</exception>
    public static int Any(params ReadOnlySpan<IProcessWaitable> sources) => Any(sources, Timeout.InfiniteTimeSpan);

    /// <summary>Waits until at least one source is ready, but no longer than <paramref name="timeout"/>.</summary>
    /// <param name="sources">The sources; one may occur several times.</param>
    /// <param name="timeout">
    /// The longest time to wait. Zero and negative times check without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits without limit.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>
    /// The index of a ready source, chosen at random if several are ready; -1 if the time elapsed first.
    /// </returns>
    /// <exception cref="ArgumentException">There is no source, or one of them is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">A child process was not started.</exception>
    /// <exception cref="ObjectDisposedException">A source was disposed in this process, before the call or during it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static int Any(ReadOnlySpan<IProcessWaitable> sources, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Check(sources);
        cancellationToken.ThrowIfCancellationRequested();
        if (FindAny(sources) is >= 0 and var ready)
        {
            return ready;
        }

        var deadline = After(timeout);
        if (deadline.HasPassed)
        {
            return -1;
        }

        using var wait = new SeveralWait(sources);
        return wait.Wait(null, deadline, cancellationToken);
    }

    /// <summary>Waits until at least one source is ready, without blocking a thread.</summary>
    /// <param name="sources">The sources; one may occur several times.</param>
    /// <returns>
    /// The index of a ready source. If several are ready, one of them is chosen at random, so no source starves another one.
    /// </returns>
    /// <inheritdoc cref="Any(ReadOnlySpan{IProcessWaitable})" path="/exception"/>
    public static ValueTask<int> AnyAsync(params ReadOnlySpan<IProcessWaitable> sources) => AnyAsync(sources, Timeout.InfiniteTimeSpan);

    /// <summary>Waits until at least one source is ready, but no longer than <paramref name="timeout"/>, without blocking a thread.</summary>
    /// <inheritdoc cref="Any(ReadOnlySpan{IProcessWaitable}, TimeSpan, CancellationToken)"/>
    public static ValueTask<int> AnyAsync(ReadOnlySpan<IProcessWaitable> sources, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        try
        {
            Check(sources);
            cancellationToken.ThrowIfCancellationRequested();
            if (FindAny(sources) is >= 0 and var ready)
            {
                return new(ready);
            }

            var deadline = After(timeout);
            return deadline.HasPassed ? new(-1) : AnySlowAsync(new SeveralWait(sources), deadline, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<int>(exception); // as by all asynchronous methods
        }
    }

    /// <summary>Waits until at least one source is ready, and returns all that are.</summary>
    /// <param name="sources">The sources.</param>
    /// <returns>The ready sources, in their order.</returns>
    /// <inheritdoc cref="Any(ReadOnlySpan{IProcessWaitable})" path="/exception"/>
    public static IReadOnlyList<IProcessWaitable> Ready(params ReadOnlySpan<IProcessWaitable> sources) => Ready(sources, Timeout.InfiniteTimeSpan);

    /// <summary>Waits until at least one source is ready, but no longer than <paramref name="timeout"/>, and returns all that are.</summary>
    /// <param name="sources">The sources.</param>
    /// <param name="timeout">
    /// The longest time to wait. Zero and negative times check without waiting; <see cref="Timeout.InfiniteTimeSpan"/> waits without limit.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The ready sources, in their order; an empty list if the time elapsed first.</returns>
    /// <inheritdoc cref="Any(ReadOnlySpan{IProcessWaitable}, TimeSpan, CancellationToken)" path="/exception"/>
    public static IReadOnlyList<IProcessWaitable> Ready(
        ReadOnlySpan<IProcessWaitable> sources, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        Check(sources);
        cancellationToken.ThrowIfCancellationRequested();
        var ready = FindAll(sources);
        var deadline = After(timeout);
        if (ready.Count > 0 || deadline.HasPassed)
        {
            return ready;
        }

        using var wait = new SeveralWait(sources);
        _ = wait.Wait(ready, deadline, cancellationToken);
        return ready;
    }

    /// <summary>Waits until at least one source is ready, without blocking a thread, and returns all that are.</summary>
    /// <inheritdoc cref="Ready(ReadOnlySpan{IProcessWaitable})"/>
    public static ValueTask<IReadOnlyList<IProcessWaitable>> ReadyAsync(params ReadOnlySpan<IProcessWaitable> sources) =>
        ReadyAsync(sources, Timeout.InfiniteTimeSpan);

    /// <summary>
    /// Waits until at least one source is ready, but no longer than <paramref name="timeout"/>, without blocking a thread, and returns all that are.
    /// </summary>
    /// <inheritdoc cref="Ready(ReadOnlySpan{IProcessWaitable}, TimeSpan, CancellationToken)"/>
    public static ValueTask<IReadOnlyList<IProcessWaitable>> ReadyAsync(
        ReadOnlySpan<IProcessWaitable> sources, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        try
        {
            Check(sources);
            cancellationToken.ThrowIfCancellationRequested();
            var ready = FindAll(sources);
            var deadline = After(timeout);
            return ready.Count > 0 || deadline.HasPassed
                ? new(ready)
                : ReadySlowAsync(new SeveralWait(sources), ready, deadline, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return ValueTask.FromCanceled<IReadOnlyList<IProcessWaitable>>(cancellationToken);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<IReadOnlyList<IProcessWaitable>>(exception);
        }
    }

    private static async ValueTask<int> AnySlowAsync(SeveralWait wait, Deadline deadline, CancellationToken cancellationToken)
    {
        using (wait)
        {
            return await wait.WaitAsync(null, deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<IReadOnlyList<IProcessWaitable>> ReadySlowAsync(
        SeveralWait wait, List<IProcessWaitable> ready, Deadline deadline, CancellationToken cancellationToken)
    {
        using (wait)
        {
            _ = await wait.WaitAsync(ready, deadline, cancellationToken).ConfigureAwait(false);
            return ready;
        }
    }

    /// <summary>Time that is left often is computed, and then it may be negative: as zero.</summary>
    private static Deadline After(TimeSpan timeout) =>
        timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan ? Deadline.Now : Deadline.After(timeout);

    private static void Check(ReadOnlySpan<IProcessWaitable> sources)
    {
        if (sources.IsEmpty)
        {
            throw new ArgumentException("There is nothing to wait for: pass at least one source.", nameof(sources));
        }

        foreach (var source in sources)
        {
            if (source is null)
            {
                throw new ArgumentException("A source is null.", nameof(sources));
            }
        }
    }

    private static int FindAny(ReadOnlySpan<IProcessWaitable> sources)
    {
        var choice = new RandomChoice(sources.Length);
        while (choice.Next() is >= 0 and var index)
        {
            if (sources[index].Readiness.IsReady)
            {
                return index;
            }
        }

        return -1;
    }

    private static List<IProcessWaitable> FindAll(ReadOnlySpan<IProcessWaitable> sources)
    {
        List<IProcessWaitable> ready = [];
        foreach (var source in sources)
        {
            if (source.Readiness.IsReady)
            {
                ready.Add(source);
            }
        }

        return ready;
    }
}
