using System.Net.Sockets;
using Multiprocessing.Platform.Linux;

namespace Multiprocessing;

/// <summary>
/// Ends a TCP connection whose other machine no longer acknowledges what is sent. The system's keep-alive asks only while nothing waits for its
/// acknowledgement; Linux sends such bytes again for a quarter of an hour before it gives up (tcp_retries2 in tcp(7)). TCP_USER_TIMEOUT would also
/// end a connection whose other program takes nothing for a while, which a sender may wait for. The machine of such a program does acknowledge.
/// </summary>
internal sealed class SilenceWatch : IDisposable
{
    // With the time to the next look, a machine that was switched off is found after at most twice the time of the keep-alive, as by the keep-alive.
    private const double SilentTimes = 1.75;
    private const int LooksPerTime = 4;

    private readonly Socket _socket;
    private readonly TimeSpan _keepAlive;

    // A connection that the program has forgotten is finalized, which the clock's reference to this must not prevent.
    private readonly WeakReference<SocketTransport> _transport;
    private LibraryClock.Alarm? _next;
    private volatile bool _isDisposed;

    private SilenceWatch(Socket socket, TimeSpan keepAlive, SocketTransport transport)
    {
        _socket = socket;
        _keepAlive = keepAlive;
        _transport = new WeakReference<SocketTransport>(transport);
    }

    /// <summary>Starts the watch, where the system needs one: others give up after seconds (Windows) or minutes by themselves.</summary>
    public static SilenceWatch? Start(Socket socket, TimeSpan keepAlive, SocketTransport transport)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var watch = new SilenceWatch(socket, keepAlive, transport);
        watch.Schedule();
        return watch;
    }

    public void Dispose()
    {
        _isDisposed = true;
        Volatile.Read(ref _next)?.Dispose();
    }

    private void Schedule()
    {
        Volatile.Write(ref _next, LibraryClock.After(_keepAlive / LooksPerTime, static watch => ((SilenceWatch)watch!).Look(), this));
        if (_isDisposed)
        {
            Dispose(); // it may have seen the alarm before this one
        }
    }

    private void Look()
    {
        if (!OperatingSystem.IsLinux() || _isDisposed || !_transport.TryGetTarget(out var transport))
        {
            return;
        }

        try
        {
            if (TcpAcknowledgements.OverdueSince(_socket) is { } silence && silence >= SilentTimes * _keepAlive)
            {
                transport.EndSilent($"the other machine has acknowledged nothing for {silence.TotalSeconds:0} s, so it is off or cannot be reached");
                _socket.LingerState = new LingerOption(enable: true, seconds: 0); // what was sent waits for no one any more
                _socket.Shutdown(SocketShutdown.Both);
                return;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return; // it has ended
        }

        Schedule();
    }
}
