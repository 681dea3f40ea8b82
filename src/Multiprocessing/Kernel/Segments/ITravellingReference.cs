namespace Multiprocessing;

/// <summary>A reference that keeps an object alive while its handle lies in a message that nobody has read yet.</summary>
internal interface ITravellingReference
{
    /// <summary>Takes the reference back, because the message was never handed over.</summary>
    void Cancel();
}
