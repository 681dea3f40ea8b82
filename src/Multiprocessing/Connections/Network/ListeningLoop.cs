using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Multiprocessing;

/// <summary>
/// Takes peers from a listening point, runs their handshakes beside each other, and passes those that are authenticated on. It has no thread: it
/// runs on the thread pool when something arrives.
/// </summary>
internal sealed class ListeningLoop : IDisposable
{
    /// <summary>The pause after an error of the system, such as too many open files, which would repeat at once.</summary>
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(100);

    private readonly ListeningPoint _point;
    private readonly LinkSettings _settings;
    private readonly TimeSpan _handshakeTimeout;
    private readonly Action<ConnectionAuthenticationException>? _onRejected;
    private readonly AcceptedConnections _accepted;
    private readonly CancellationTokenSource _ended = new();
    private readonly PendingHandshakes _handshakes;
    private long _rejectedCount;
    private int _isDisposed;

    public ListeningLoop(ListeningPoint point, LinkSettings settings, ConnectionListenerOptions options, AcceptedConnections accepted)
    {
        _point = point;
        _settings = settings;
        _handshakeTimeout = options.HandshakeTimeout;
        _onRejected = options.OnRejected;
        _accepted = accepted;
        _handshakes = new PendingHandshakes(options.MaxPendingHandshakes, _ended.Token);

        // What the caller has in its execution context (a culture, an activity) belongs to its call and not to the clients of the listener.
        using var flow = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        Completion = RunAsync();
    }

    public EndPoint LocalEndPoint => _point.LocalEndPoint;

    public long RejectedCount => Interlocked.Read(ref _rejectedCount);

    /// <summary>Gets a task that ends when the loop and all handshakes have ended.</summary>
    public Task Completion { get; }

    private bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _point.Dispose();
            _ended.Cancel();
        }
    }

    private async Task RunAsync()
    {
        while (await NextAsync().ConfigureAwait(false) is { } peer)
        {
            try
            {
                var entry = await _handshakes.EnterAsync().ConfigureAwait(false);
                _ = ServeAsync(peer, entry);
            }
            catch (OperationCanceledException)
            {
                peer.Dispose();
            }

            await _accepted.WaitForRoomAsync().ConfigureAwait(false);
        }

        await _handshakes.WaitUntilEmptyAsync().ConfigureAwait(false);
    }

    /// <summary>Returns the next peer; <see langword="null"/> after the disposal.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A listener survives all errors; they are logged.")]
    private async Task<Peer?> NextAsync()
    {
        while (!IsDisposed)
        {
            try
            {
                return await _point.AcceptAsync().ConfigureAwait(false);
            }
            catch (Exception) when (IsDisposed)
            {
                break;
            }
            catch (Exception error)
            {
                MultiprocessingLogging.AcceptFailed(error, AddressText.Of(LocalEndPoint));
            }

            try
            {
                await Task.Delay(PauseAfterError, _ended.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        return null;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A listener survives all errors; they are logged.")]
    private async Task ServeAsync(Peer peer, PendingHandshakes.Entry entry)
    {
        using (entry)
        {
            try
            {
                var transport = await Handshake.RunAsync(peer, _settings, Deadline.After(_handshakeTimeout), entry.Token).ConfigureAwait(false);
                _accepted.Add(new Connection(transport));
            }
            catch (OperationCanceledException) when (IsDisposed)
            {
                // Nothing was rejected: the listener has ended.
            }
            catch (OperationCanceledException error)
            {
                Reject(new ConnectionAuthenticationException(
                    $"The client at {AddressText.Of(peer.EndPoint)} was in the handshake for more than a second when others wanted to "
                    + "connect, and was closed.",
                    AuthenticationFailure.TimedOut,
                    peer.EndPoint,
                    wasFoundHere: true,
                    error));
            }
            catch (ConnectionAuthenticationException error)
            {
                Reject(error);
            }
            catch (Exception error)
            {
                MultiprocessingLogging.AcceptFailed(error, AddressText.Of(LocalEndPoint));
            }
        }
    }

    private void Reject(ConnectionAuthenticationException error)
    {
        _ = Interlocked.Increment(ref _rejectedCount);
        MultiprocessingLogging.ClientRejected(error, AddressText.Of(LocalEndPoint));
        if (_onRejected is { } callback)
        {
            // It runs code of the program, which must not end the handshakes of others.
            LastResort.Run(EntryPoint.Rejection, Tuple.Create(callback, error), static call => call.Item1(call.Item2));
        }
    }
}
