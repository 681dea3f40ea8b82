using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// A stream of bytes to another process or machine. Reading does not wait, and waiting does not read: so a wait that ends by its deadline or its
/// token loses nothing. One reader and one writer at a time; any thread may register and dispose.
/// </summary>
internal abstract class ByteLink : IDisposable
{
    /// <summary>There is nothing to read now, and the stream has not ended.</summary>
    public const int WouldBlock = -1;

    private readonly Lock _gate = new();
    private List<Registration> _registrations = [];
    private bool _isArmed;

    /// <summary>Gets whether a wait for bytes to read is under way.</summary>
    protected bool IsArmed => Volatile.Read(ref _isArmed);

    /// <summary>Reads what is there.</summary>
    /// <returns>The number of bytes, 0 at the end of the stream, or <see cref="WouldBlock"/>.</returns>
    /// <exception cref="IOException">The link is broken.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The link is broken.</exception>
    public abstract int TryRead(Span<byte> destination);

    /// <summary>
    /// Writes all bytes, unless the deadline passes or the token is canceled. Then the result is less than the number of bytes, and 0 if the other
    /// side gets none of them.
    /// </summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="head">
    /// The number of bytes that are written as one piece if the link is full: while it is full, none of them leave.
    /// </param>
    /// <param name="deadline">The end of the wait for room.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    public abstract int Write(ReadOnlyMemory<byte> bytes, int head, Deadline deadline, CancellationToken cancellationToken);

    /// <inheritdoc cref="Write"/>
    public abstract ValueTask<int> WriteAsync(ReadOnlyMemory<byte> bytes, int head, Deadline deadline, CancellationToken cancellationToken);

    /// <summary>Waits until <see cref="TryRead"/> may have a result. Returns false when the deadline has passed.</summary>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public virtual bool WaitReadable(Deadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var woken = new ManualResetEventSlim();
        using var registration = Register(woken.Set);
        using var canceled = LastResort.OnCancelled(cancellationToken, woken, static woken => woken.Set());

        // The signal needs a thread of the thread pool, of which the program may have blocked all: the caller looks for itself after each slice.
        var isWoken = woken.Wait(deadline.Limit(WaitTimings.Slice));
        cancellationToken.ThrowIfCancellationRequested();
        return isWoken || !deadline.HasPassed;
    }

    /// <inheritdoc cref="WaitReadable"/>
    public async ValueTask<bool> WaitReadableAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        var waiter = new AsyncWaiter();
        using var registration = Register(waiter.Notify);
        return await waiter.WaitAsync(deadline, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Calls <paramref name="signal"/> once, when <see cref="TryRead"/> may have a result or the link is disposed. Dispose the result to end the
    /// registration; a call that has begun may still run.
    /// </summary>
    public IDisposable Register(Action signal)
    {
        var registration = new Registration(this, signal);
        bool arms;
        lock (_gate)
        {
            _registrations.Add(registration);
            arms = !_isArmed;
            _isArmed = true;
        }

        if (arms)
        {
            _ = WatchAsync();
        }

        return registration;
    }

    public abstract void Dispose();

    /// <summary>Completes when <see cref="TryRead"/> may have a result; with or without an exception. At most one at a time.</summary>
    protected abstract ValueTask WhenReadableAsync();

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The reader gets the error from its next TryRead.")]
    private async Task WatchAsync()
    {
        try
        {
            await WhenReadableAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The link was disposed or is broken: the waiters look again, and their next read has the error.
        }

        List<Registration> due;
        lock (_gate)
        {
            due = _registrations;
            _registrations = [];
            _isArmed = false; // before the signals: a waiter that looks again and finds nothing arms anew
        }

        foreach (var registration in due)
        {
            registration.Signal();
        }
    }

    private void Remove(Registration registration)
    {
        lock (_gate)
        {
            _ = _registrations.Remove(registration);
        }
    }

    private sealed class Registration(ByteLink link, Action signal) : IDisposable
    {
        public void Signal() => LastResort.Run(EntryPoint.Continuation, signal, static signal => signal(), static (signal, _) => signal());

        public void Dispose() => link.Remove(this);
    }
}
