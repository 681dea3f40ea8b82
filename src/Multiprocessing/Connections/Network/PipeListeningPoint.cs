using System.IO.Pipes;
using System.Net;

namespace Multiprocessing;

/// <summary>
/// The instances of a named pipe of Windows. One that waits for a client exists at any time, so a client finds the pipe. Without other options only
/// the user of this process can open it.
/// </summary>
internal sealed class PipeListeningPoint : ListeningPoint
{
    private const int BufferSize = 64 * 1024;

    private readonly NamedPipeEndPoint _endPoint;
    private readonly bool _allowOtherUsers;
    private readonly Lock _gate = new();
    private NamedPipeServerStream _next;
    private bool _isDisposed;

    public PipeListeningPoint(NamedPipeEndPoint endPoint, LinkSettings settings)
    {
        _endPoint = endPoint;
        _allowOtherUsers = settings.AllowOtherUsers;
        try
        {
            _next = Create(PipeOptions.FirstPipeInstance);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"Another process listens at {endPoint}. End it, or use another name.", error);
        }
    }

    public override EndPoint LocalEndPoint => _endPoint;

    public override async Task<Peer> AcceptAsync()
    {
        NamedPipeServerStream current;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            current = _next;
        }

        await current.WaitForConnectionAsync().ConfigureAwait(false);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _next = Create(PipeOptions.None);
        }

        return new Peer(current, _endPoint);
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _next.Dispose();
        }
    }

    private NamedPipeServerStream Create(PipeOptions first) =>
        new(
            _endPoint.Name,
            PipeDirection.InOut,
            NamedPipeServerStream.MaxAllowedServerInstances,
            PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous | first | (_allowOtherUsers ? PipeOptions.None : PipeOptions.CurrentUserOnly),
            BufferSize,
            BufferSize);
}
