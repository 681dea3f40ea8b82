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
    // A connection that the program has forgotten is finalized after the next look: the clock has its watch until then.
    private static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(15);

    private readonly Socket _socket;
    private readonly TimeSpan _limit;
    private readonly TimeSpan _interval;
    private readonly WeakReference<SocketTransport> _transport;
    private LibraryClock.Alarm? _next;
    private volatile bool _isDisposed;

    private SilenceWatch(Socket socket, TimeSpan limit, TimeSpan interval, SocketTransport transport)
    {
        _socket = socket;
        _limit = limit;
        _interval = interval < MaxInterval ? interval : MaxInterval;
        _transport = new WeakReference<SocketTransport>(transport);
    }

    /// <summary>Starts the watch, where the system needs one: others give up after seconds (Windows) or minutes by themselves.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="limit">The silence that is too long.</param>
    /// <param name="interval">The time between two looks.</param>
    /// <param name="transport">The transport of the socket, whose calls end with the reason.</param>
    public static SilenceWatch? Start(Socket socket, TimeSpan limit, TimeSpan interval, SocketTransport transport)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var watch = new SilenceWatch(socket, limit, interval, transport);
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
        Volatile.Write(ref _next, LibraryClock.After(_interval, static watch => ((SilenceWatch)watch!).Look(), this));
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
            if (TcpAcknowledgements.SilenceOf(_socket) is { } silence && silence >= _limit)
            {
                transport.EndSilent($"the other machine has answered nothing for {silence.TotalSeconds:0} s, so it is off or cannot be reached");
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
