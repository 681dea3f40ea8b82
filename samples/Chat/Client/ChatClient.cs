using Chat.Server;
using Multiprocessing;

namespace Chat.Client;

/// <summary>A client in C#: it calls the room by an interface, and receives messages by an event.</summary>
internal static class ChatClient
{
    /// <summary>Joins, and posts lines of the input until an empty one.</summary>
    /// <exception cref="EndOfStreamException">The server has ended.</exception>
    public static async Task RunAsync(string name, CancellationToken cancellationToken)
    {
        var invitation = Invitation.Read(Invitation.Folder);
        await using var manager = await ManagerClient.ConnectAsync(
            Invitation.EndPointOf(invitation.Manager), invitation.ClientOptions(), cancellationToken);
        var room = manager.Open<IChatRoom>(ChatServer.RoomName);
        var history = manager.List<ChatMessage>(ChatServer.HistoryName);

        var screen = new Screen();
        room.Posted += screen.Add; // from now on; what was before is in the history
        screen.Begin(await history.GetValueAsync(cancellationToken));
        room.Join(name);
        while (await Keyboard.ReadLineAsync(manager.Completion, cancellationToken) is { Length: > 0 } text)
        {
            room.Post(name, text);
        }

        room.Posted -= screen.Add;
        room.Leave(name);
    }
}
