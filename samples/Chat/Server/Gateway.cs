using System.Text.Json;
using System.Threading.Channels;
using Multiprocessing;

namespace Chat.Server;

/// <summary>
/// The way into the room for programs that are not .NET: each message is JSON in bytes. The framing and the handshake with the key are those of
/// Python's multiprocessing.connection.
/// </summary>
internal sealed class Gateway(ConnectionListener listener, ChatRoom room)
{
    private const int MaxRequestBytes = 64 * 1024;
    private const int MaxUnsent = 1000; // messages for a client that does not read

    /// <summary>Serves clients until the listener is disposed.</summary>
    public async Task RunAsync()
    {
        var clients = new List<Task>();
        await foreach (var connection in listener.AcceptAllAsync())
        {
            clients.RemoveAll(client => client.IsCompleted);
            clients.Add(ServeAsync(connection));
        }

        await Task.WhenAll(clients);
    }

    private async Task ServeAsync(Connection connection)
    {
        string? name = null;
        try
        {
            using (connection)
            {
                name = (await ReceiveAsync(connection)).Name ?? throw new InvalidDataException("The first message has no name.");
                var unsent = Channel.CreateBounded<ChatMessage>(MaxUnsent);

                // A client that does not read must not make the room wait: it is disconnected.
                void Forward(ChatMessage message)
                {
                    if (!unsent.Writer.TryWrite(message))
                    {
                        connection.Dispose();
                    }
                }

                room.Enter(name, Forward);
                var sending = SendAllAsync(connection, unsent.Reader);
                try
                {
                    while (true)
                    {
                        room.Post(name, (await ReceiveAsync(connection)).Text ?? throw new InvalidDataException("A message has no text."));
                    }
                }
                finally
                {
                    room.Posted -= Forward;
                    unsent.Writer.Complete();
                    await sending;
                }
            }
        }
        catch (ConnectionClosedException)
        {
            // The client has left, or its program has ended.
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or MessageTooLargeException or ObjectDisposedException)
        {
            await Console.Error.WriteLineAsync($"{name ?? "A client"} was disconnected: {exception.Message}");
        }
        finally
        {
            if (name is not null)
            {
                room.Leave(name);
            }
        }
    }

    private static async Task<GatewayRequest> ReceiveAsync(Connection connection)
    {
        var bytes = await connection.ReceiveBytesAsync(MaxRequestBytes);
        return JsonSerializer.Deserialize(bytes, ChatJson.Default.GatewayRequest) ?? throw new InvalidDataException("A message is null.");
    }

    private static async Task SendAllAsync(Connection connection, ChannelReader<ChatMessage> unsent)
    {
        try
        {
            await foreach (var message in unsent.ReadAllAsync())
            {
                await connection.SendBytesAsync(JsonSerializer.SerializeToUtf8Bytes(message, ChatJson.Default.ChatMessage));
            }
        }
        catch (Exception exception) when (exception is ConnectionClosedException or ObjectDisposedException)
        {
            // The receiving side reports it.
        }
    }
}
