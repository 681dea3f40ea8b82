using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>The client's side: connects to an address and runs the handshake.</summary>
internal static class Connector
{
    public static async Task<SocketTransport> ConnectAsync(EndPoint endPoint, ConnectionOptions options, CancellationToken cancellationToken)
    {
        var settings = LinkSettings.Of(options, endPoint);
        var deadline = Deadline.After(options.ConnectTimeout);
        var peer = await OpenAsync(endPoint, options, settings, deadline, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Handshake.RunAsync(peer, settings, deadline, cancellationToken).ConfigureAwait(false);
        }
        catch (ConnectionAuthenticationException error) when (error.Reason == AuthenticationFailure.TimedOut)
        {
            throw new TimeoutException(error.Message, error);
        }
    }

    private static async Task<Peer> OpenAsync(
        EndPoint endPoint, ConnectionOptions options, LinkSettings settings, Deadline deadline, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (!deadline.IsNever)
        {
            end.CancelAfter(deadline.TimerDelay);
        }

        try
        {
            return endPoint is NamedPipeEndPoint pipe
                ? await OpenPipeAsync(pipe, settings, end.Token).ConfigureAwait(false)
                : await OpenSocketAsync(endPoint, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error)
        {
            throw cancellationToken.IsCancellationRequested
                ? new OperationCanceledException(error.Message, error, cancellationToken)
                : new TimeoutException(
                    $"The listener at {AddressText.Of(endPoint)} could not be reached within {options.ConnectTimeout.TotalSeconds:0.###} s.", error);
        }
    }

    private static async Task<Peer> OpenSocketAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = endPoint switch
        {
            UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            DnsEndPoint { AddressFamily: AddressFamily.Unspecified } => new Socket(SocketType.Stream, ProtocolType.Tcp),
            _ => new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp),
        };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new Peer(socket, endPoint);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new IOException(
                $"No listener was reached at {AddressText.Of(endPoint)}: {error.Message}. Check that it runs, and that the address is the same.",
                error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Peer> OpenPipeAsync(NamedPipeEndPoint endPoint, LinkSettings settings, CancellationToken cancellationToken)
    {
        var pipe = new NamedPipeClientStream(
            ".",
            endPoint.Name,
            PipeDirection.InOut,
            PipeOptions.Asynchronous | (settings.AllowOtherUsers ? PipeOptions.None : PipeOptions.CurrentUserOnly));
        try
        {
            await pipe.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return new Peer(pipe, endPoint);
        }
        catch (UnauthorizedAccessException error)
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw new ConnectionAuthenticationException(
                $"The listener at {AddressText.Of(endPoint)} belongs to another user. To connect different users, give both sides a Key and set "
                + "AllowOtherUsers.",
                AuthenticationFailure.User,
                endPoint,
                wasFoundHere: true,
                error);
        }
        catch
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
