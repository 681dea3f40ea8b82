namespace Multiprocessing;

/// <summary>A reference that keeps an object alive while its handle is in flight: in a message that was not read yet.</summary>
internal interface ITravellingReference
{
    /// <summary>Takes the reference back, because the message was not sent.</summary>
    void Cancel();
}
