using Multiprocessing;

namespace Chat.Server;

/// <summary>The room. Its clients are other programs: some call it through proxies, others send bytes to the gateway.</summary>
/// <param name="history">All messages, in the manager, where clients read them.</param>
internal sealed class ChatRoom(IManagedList<ChatMessage> history) : IChatRoom
{
    private readonly Lock _gate = new();
    private int _count;

    public event Action<ChatMessage>? Posted;

    public void Join(string name) => Post(ChatMessage.Room, $"{name} has joined");

    public void Leave(string name) => Post(ChatMessage.Room, $"{name} has left");

    public void Post(string name, string text)
    {
        lock (_gate) // one order for all
        {
            var message = new ChatMessage(++_count, name, text);
            history.Add(message);
            Posted?.Invoke(message);
        }
    }

    /// <summary>Lets a newcomer of this process in: it gets the history and all that follows, without a gap.</summary>
    public void Enter(string name, Action<ChatMessage> receive)
    {
        lock (_gate)
        {
            foreach (var message in history)
            {
                receive(message);
            }

            Posted += receive;
            Join(name);
        }
    }
}
