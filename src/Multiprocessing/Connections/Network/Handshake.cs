using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Makes a transport of a connected peer: checks its user, sets up TLS, and has both sides prove that they have the key, in this order. The bytes are
/// on the page docs/internals/handshake.md. Until it has ended, the peer costs one small buffer, and no message of more than 256 bytes is read.
/// </summary>
internal sealed class Handshake
{
    private readonly Peer _peer;
    private readonly LinkSettings _settings;
    private readonly Deadline _deadline;
    private readonly CancellationToken _cancellationToken;

    private Handshake(Peer peer, LinkSettings settings, Deadline deadline, CancellationToken cancellationToken)
    {
        _peer = peer;
        _settings = settings;
        _deadline = deadline;
        _cancellationToken = cancellationToken;
    }

    private string Other => $"The {(_settings.IsListener ? "client" : "listener")} at {AddressText.Of(_peer.EndPoint)}";

    /// <summary>Returns the transport. If it throws, the peer was disposed.</summary>
    /// <exception cref="ConnectionAuthenticationException">The other side is not the one that it should be.</exception>
    /// <exception cref="OperationCanceledException">The token was canceled.</exception>
    public static async Task<SocketTransport> RunAsync(Peer peer, LinkSettings settings, Deadline deadline, CancellationToken cancellationToken)
    {
        SocketTransport? transport = null;
        try
        {
            var handshake = new Handshake(peer, settings, deadline, cancellationToken);
            peer.Configure(settings);
            handshake.CheckUser();
            var link = settings.ServerTls is null && settings.ClientTls is null
                ? peer.CreateLink()
                : new StreamLink(await handshake.EncryptAsync().ConfigureAwait(false));
            transport = new SocketTransport(
                link,
                $"the connection {(settings.IsListener ? "from" : "to")} {AddressText.Of(peer.EndPoint)}",
                Challenge.MaxLength);
            if (settings.Key is not null)
            {
                await handshake.AuthenticateAsync(transport, settings.Key).ConfigureAwait(false);
            }

            transport.Limit = settings.MaxMessageBytes;
            transport.Types = settings.Types;
            transport.IdleTimeout = settings.IdleTimeout; // not before: the handshake has a time limit of its own
            peer.Watch(transport, settings);
            return transport;
        }
        catch
        {
            transport?.Dispose();
            peer.Dispose();
            throw;
        }
    }

    private void CheckUser()
    {
        if (!_peer.IsUnixSocket || _settings.AllowOtherUsers || !PeerUser.IsKnown)
        {
            return;
        }

        uint user;
        bool isOurs;
        try
        {
            (user, isOurs) = PeerUser.Of(_peer.Socket!);
        }
        catch (SocketException error)
        {
            throw Failed(AuthenticationFailure.Closed, wasFoundHere: true, error);
        }

        if (!isOurs)
        {
            throw new ConnectionAuthenticationException(
                $"{Other} belongs to the user {user}, and this process to the user {FileOwner.CurrentUser}. To connect different users, give both "
                + "sides a Key and set AllowOtherUsers.",
                AuthenticationFailure.User,
                _peer.EndPoint,
                wasFoundHere: true);
        }
    }

    private async Task<SslStream> EncryptAsync()
    {
        var stream = _peer.CreateEncrypted();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken);
        if (!_deadline.IsNever)
        {
            end.CancelAfter(_deadline.TimerDelay);
        }

        try
        {
            await (_settings.ServerTls is { } server
                ? stream.AuthenticateAsServerAsync(server, end.Token)
                : stream.AuthenticateAsClientAsync(_settings.ClientTls!, end.Token)).ConfigureAwait(false);
            return stream;
        }
        catch (Exception error)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            _cancellationToken.ThrowIfCancellationRequested();
            throw error switch
            {
                OperationCanceledException => Failed(AuthenticationFailure.TimedOut, wasFoundHere: true, error),
                AuthenticationException or IOException or SocketException or ObjectDisposedException =>
                    Failed(AuthenticationFailure.Tls, wasFoundHere: error is AuthenticationException, error),
                _ => error,
            };
        }
    }

    /// <summary>CPython's order: first the client proves that it has the key, then the listener.</summary>
    private async Task AuthenticateAsync(SocketTransport transport, byte[] key)
    {
        try
        {
            if (_settings.IsListener)
            {
                await DeliverChallengeAsync(transport, key).ConfigureAwait(false);
                await AnswerChallengeAsync(transport, key).ConfigureAwait(false);
            }
            else
            {
                await AnswerChallengeAsync(transport, key).ConfigureAwait(false);
                await DeliverChallengeAsync(transport, key).ConfigureAwait(false);
            }
        }
        catch (ConnectionClosedException error)
        {
            throw Failed(AuthenticationFailure.Closed, wasFoundHere: true, error);
        }
        catch (MessageTooLargeException error)
        {
            throw Failed(AuthenticationFailure.Protocol, wasFoundHere: true, error);
        }
    }

    private async Task DeliverChallengeAsync(SocketTransport transport, byte[] key)
    {
        var challenge = Challenge.Create();
        await SendAsync(transport, challenge).ConfigureAwait(false);
        var answer = await ReceiveAsync(transport).ConfigureAwait(false);
        var failure = answer.AsSpan().SequenceEqual(Challenge.Failure)
            ? AuthenticationFailure.Key
            : Challenge.Check(key, challenge, answer, _settings.AllowLegacyMd5);
        await SendAsync(transport, (failure == AuthenticationFailure.None ? Challenge.Welcome : Challenge.Failure).ToArray()).ConfigureAwait(false);
        if (failure != AuthenticationFailure.None)
        {
            throw Failed(failure, wasFoundHere: true);
        }
    }

    private async Task AnswerChallengeAsync(SocketTransport transport, byte[] key)
    {
        var challenge = await ReceiveAsync(transport).ConfigureAwait(false);
        var failure = Challenge.Answer(key, challenge, _settings.AllowLegacyMd5, out var answer);
        if (failure != AuthenticationFailure.None)
        {
            throw Failed(failure, wasFoundHere: true);
        }

        await SendAsync(transport, answer).ConfigureAwait(false);
        var reply = await ReceiveAsync(transport).ConfigureAwait(false);
        if (!reply.AsSpan().SequenceEqual(Challenge.Welcome))
        {
            var isRejected = reply.AsSpan().SequenceEqual(Challenge.Failure);
            throw Failed(isRejected ? AuthenticationFailure.Key : AuthenticationFailure.Protocol, wasFoundHere: !isRejected);
        }
    }

    private async Task SendAsync(SocketTransport transport, byte[] bytes)
    {
        using var message = MessageBuffer.Rent();
        message.WriteBytes(bytes);
        if (!await transport.SendAsync(message, _deadline, _cancellationToken).ConfigureAwait(false))
        {
            throw Failed(AuthenticationFailure.TimedOut, wasFoundHere: true);
        }
    }

    private async Task<byte[]> ReceiveAsync(SocketTransport transport)
    {
        using var message = ReceivedMessage.Rent();
        return await transport.ReceiveAsync(message, Challenge.MaxLength, _deadline, _cancellationToken).ConfigureAwait(false) switch
        {
            ReceiveOutcome.Received => message.Span.ToArray(),
            ReceiveOutcome.TimedOut => throw Failed(AuthenticationFailure.TimedOut, wasFoundHere: true),
            _ => throw Closed(transport.Closed(wasSending: false)),
        };
    }

    private ConnectionAuthenticationException Closed(ConnectionClosedException cause) =>
        Failed(
            cause.InnerException is InvalidDataException ? AuthenticationFailure.Protocol : AuthenticationFailure.Closed, wasFoundHere: true, cause);

    private ConnectionAuthenticationException Failed(AuthenticationFailure reason, bool wasFoundHere, Exception? cause = null)
    {
        var what = (reason, wasFoundHere) switch
        {
            (AuthenticationFailure.Key, true) => "does not have the same key: its answer to the challenge was wrong. Give both sides the same Key.",
            (AuthenticationFailure.Key, false) => "rejected the key of this process. Give both sides the same Key.",
            (AuthenticationFailure.Digest, _) =>
                "authenticates with a digest that is not allowed here. If it is CPython before 3.12, which has only HMAC-MD5, set AllowLegacyMd5.",
            (AuthenticationFailure.Tls, _) =>
                $"could not be connected with TLS: {cause?.Message} Check that both sides use TLS and trust each other's certificates.",
            (AuthenticationFailure.TimedOut, _) =>
                "did not complete the handshake in time. If it has no key, or does not use TLS as this side does, it never will.",
            (AuthenticationFailure.Closed, _) =>
                "closed the connection during the handshake. It may have rejected this process, may have no key, or may have ended.",
            _ => "sent bytes that do not belong to the handshake: it may have no key, or speak another protocol.",
        };
        return new ConnectionAuthenticationException($"{Other} {what}", reason, _peer.EndPoint, wasFoundHere, cause);
    }
}
