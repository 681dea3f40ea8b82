using Multiprocessing;

namespace Chat.Server;

/// <summary>The program that keeps the room and its history: a manager for clients in .NET, and a gateway for all others.</summary>
internal static class ChatServer
{
    public const string RoomName = "room";
    public const string HistoryName = "history";

    /// <summary>Serves until the input ends, or until Ctrl-C.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var invitation = Invitation.Create();
        var address = Invitation.EndPointOf(invitation.Manager);
        await using var manager = new ManagerServer(new() { Listener = { Key = invitation.Key }, Types = ChatTypes.Registered });
        manager.AddList<ChatMessage>(HistoryName);
        manager.Start(address);

        // The room itself uses the history as its clients do.
        await using var self = await ManagerClient.ConnectAsync(address, invitation.ClientOptions(), cancellationToken);
        var room = new ChatRoom(self.List<ChatMessage>(HistoryName));
        room.Posted += Console.WriteLine;
        manager.Add<IChatRoom>(RoomName, room);

        // Python before 3.12 has only HMAC-MD5. On a socket of this user alone that is acceptable.
        var options = new ConnectionListenerOptions { Key = invitation.Key, AllowLegacyMd5 = true };
        await using var listener = ConnectionListener.Start(Invitation.EndPointOf(invitation.Gateway), options);
        var gateway = new Gateway(listener, room).RunAsync();
        invitation.Publish(Invitation.Folder);
        Console.WriteLine($"The chat is open. {Invitation.Folder} has the invitation. An empty line closes it.");
        try
        {
            while (await Keyboard.ReadLineAsync(gateway, cancellationToken) is { Length: > 0 })
            {
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C
        }

        Invitation.Withdraw(Invitation.Folder);
        await listener.DisposeAsync();
        await gateway;
    }
}
