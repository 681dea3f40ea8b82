namespace Chat.Client;

/// <summary>Shows each message once, although those around the moment of joining arrive twice: in the history and by the event.</summary>
internal sealed class Screen
{
    private readonly Lock _gate = new();
    private readonly List<ChatMessage> _early = [];
    private int _last = -1;

    /// <summary>Shows a new message. Until the history is there, it waits.</summary>
    public void Add(ChatMessage message)
    {
        lock (_gate)
        {
            if (_last < 0)
            {
                _early.Add(message);
            }
            else if (message.Number > _last)
            {
                _last = message.Number;
                Console.WriteLine(message);
            }
        }
    }

    /// <summary>Shows the history, and the messages that have arrived meanwhile.</summary>
    public void Begin(IReadOnlyList<ChatMessage> history)
    {
        lock (_gate)
        {
            _last = 0;
            foreach (var message in history.Concat(_early))
            {
                Add(message);
            }
        }
    }
}
