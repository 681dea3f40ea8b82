namespace Chat.Server;

/// <summary>A room, as clients use it: through a proxy, from another program.</summary>
internal interface IChatRoom
{
    /// <summary>Occurs for each message, in their order. It runs in the program of the client.</summary>
    event Action<ChatMessage> Posted;

    /// <summary>Announces a client.</summary>
    void Join(string name);

    /// <summary>Says goodbye.</summary>
    void Leave(string name);

    /// <summary>Posts a text to all.</summary>
    void Post(string name, string text);
}
