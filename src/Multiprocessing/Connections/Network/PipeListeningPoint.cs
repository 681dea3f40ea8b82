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

    /// <summary>ERROR_NO_DATA and ERROR_BROKEN_PIPE as exceptions have them: the client has opened the pipe and closed it before the wait.</summary>
    private static readonly int[] ClientHasGone = [unchecked((int)0x800700E8), unchecked((int)0x8007006D)];

    private readonly NamedPipeEndPoint _endPoint;
    private readonly Func<PipeOptions, NamedPipeServerStream> _create;
    private readonly Lock _gate = new();
    private NamedPipeServerStream _next;
    private bool _isSpent;
    private bool _isDisposed;

    public PipeListeningPoint(NamedPipeEndPoint endPoint, LinkSettings settings)
        : this(endPoint, first => Create(endPoint, settings.AllowOtherUsers, first))
    {
    }

    /// <param name="endPoint">The address.</param>
    /// <param name="create">Opens an instance, with the options that it has beyond those of all instances.</param>
    internal PipeListeningPoint(NamedPipeEndPoint endPoint, Func<PipeOptions, NamedPipeServerStream> create)
    {
        _endPoint = endPoint;
        _create = create;
        try
        {
            _next = create(PipeOptions.FirstPipeInstance);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"Another process listens at {endPoint}. End it, or use another name.", error);
        }
    }

    public override EndPoint LocalEndPoint => _endPoint;

    public override async Task<Peer> AcceptAsync()
    {
        while (true)
        {
            var current = Take();
            try
            {
                await current.WaitForConnectionAsync().ConfigureAwait(false);
            }
            catch (IOException error) when (ClientHasGone.Contains(error.HResult))
            {
                continue; // no error of the system, so the next client does not wait for the pause after one
            }

            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                Replace();
            }

            return new Peer(current, _endPoint);
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _next.Dispose();
        }
    }

    /// <summary>Returns an instance that no wait has used: one that had a client, or whose wait failed, takes no other client.</summary>
    private NamedPipeServerStream Take()
    {
        NamedPipeServerStream? spent = null;
        NamedPipeServerStream current;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isSpent)
            {
                spent = _next;
                Replace();
            }

            _isSpent = true;
            current = _next;
        }

        spent?.Dispose(); // after the new one was opened: without an instance, another program could take the name
        return current;
    }

    /// <summary>Under the gate. If it throws, the next call of <see cref="Take"/> tries again.</summary>
    private void Replace()
    {
        _next = _create(PipeOptions.None);
        _isSpent = false;
    }

    private static NamedPipeServerStream Create(NamedPipeEndPoint endPoint, bool allowOtherUsers, PipeOptions first) =>
        new(
            endPoint.Name,
            PipeDirection.InOut,
            NamedPipeServerStream.MaxAllowedServerInstances,
            PipeTransmissionMode.Byte,
            PipeOptions.Asynchronous | first | (allowOtherUsers ? PipeOptions.None : PipeOptions.CurrentUserOnly),
            BufferSize,
            BufferSize);
}
