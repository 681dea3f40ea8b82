namespace Multiprocessing;

/// <summary>A reference that keeps an object alive while its handle is in flight: in a message that was not read yet.</summary>
internal interface ITravellingReference
{
    /// <summary>Takes the reference back, because the message was not sent.</summary>
    void Cancel();

    /// <summary>
    /// Ends a reference that the sender kept: the message was read, or its reader has ended. The sender has passed the object on, which an object
    /// whose holders mean something may take into account.
    /// </summary>
    void EndPassedOn() => Cancel();

    /// <summary>
    /// The sender is about to wait for room, or has waited and will try to send again. A reference may be the sender's own meanwhile instead of being
    /// in flight: then a kill in the wait ends it.
    /// </summary>
    void SetWaiting(bool isWaiting)
    {
    }
}
