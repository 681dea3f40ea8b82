namespace Multiprocessing;

/// <summary>
/// References of this process to every handle of a body or factory that is going to cross to a child: until they are cancelled, the handles count as
/// passed to a child that is about to start.
/// </summary>
internal static class KeptHandles
{
    /// <exception cref="NotSerializableException">Something in the value cannot be sent to another process.</exception>
    public static ITravellingReference[] Of<T>(T value, string name)
    {
        using var message = MessageBuffer.Rent();
        message.SenderKeepsReferences = true;
        ValueSerializer.Serialize(message, value, name, new WriteContext(ChildLinkPolicy.Instance));
        return message.TakeReferences();
    }
}
