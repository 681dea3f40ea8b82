using System.Net;
using Multiprocessing.Proxies;

namespace Multiprocessing.Tests.Managers;

/// <summary>A client of a <see cref="ManagerServer"/> that knows the key and chooses the numbers of its calls.</summary>
internal sealed class RawClient(Connection connection) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private MessageTransport Transport => connection.Transport;

    public static async Task<RawClient> ConnectAsync(EndPoint endPoint, byte[] key) =>
        new(await Connection.ConnectAsync(endPoint, new ConnectionOptions { Key = key, ConnectTimeout = Patience }));

    /// <summary>Sends a call without waiting for its reply.</summary>
    public void Send(long objectId, int member, long callId, bool canBeCanceled, string? argument = null)
    {
        using var message = MessageBuffer.Rent();
        message.Write(new CallHeader(CallMessage.Call, member, objectId));
        if (argument is not null)
        {
            SimplePayload.TryWrite(message, argument);
        }

        message.Write(new CallTrailer(callId, canBeCanceled));
        Transport.Send(message, Deadline.After(Patience), CancellationToken.None);
    }

    /// <summary>Asks for an object; the reply is not read.</summary>
    public void SendOpen(string name, long callId) => Send(0, ServerRootContract.Open, callId, canBeCanceled: false, name);

    /// <summary>Opens an object.</summary>
    /// <returns>Its number.</returns>
    public unsafe long Open(string name)
    {
        SendOpen(name, callId: 1);
        using var reply = ReceivedMessage.Rent();
        if (Receive(reply) != ReceiveOutcome.Received || ((AnswerHeader*)reply.Data)->Kind != CallMessage.Reply)
        {
            throw new InvalidOperationException($"The manager has not opened \"{name}\".");
        }

        return *(long*)(reply.Data + sizeof(AnswerHeader) + sizeof(byte)); // behind the kind of the reference
    }

    /// <summary>Receives the next message of the server.</summary>
    public ReceiveOutcome Receive()
    {
        using var reply = ReceivedMessage.Rent();
        return Receive(reply);
    }

    public void Dispose() => connection.Dispose();

    /// <summary>Returns the number of a member.</summary>
    public static int NumberOf<TInterface>(string member)
        where TInterface : class
    {
        var contract = ProxyContracts.For<TInterface>(typeof(TInterface).Assembly);
        return Enumerable.Range(0, contract.MemberCount).Single(number => contract.MemberName(number) == member);
    }

    private ReceiveOutcome Receive(ReceivedMessage reply) =>
        Transport.Receive(reply, long.MaxValue, Deadline.After(Patience), CancellationToken.None);
}
