namespace Multiprocessing;

/// <summary>What a channel belongs to: knows how its other peer ended. Thread-safe.</summary>
internal abstract class ChannelOwner
{
    /// <summary>Gets the words for the other peer in texts, such as "service 'ocr' (pid 4711)".</summary>
    public abstract string Description { get; }

    /// <summary>Returns the exception of a call that found the other peer closed.</summary>
    /// <param name="member">The interface and the member.</param>
    /// <param name="wasSent">The other peer may have received the call, and may have run it.</param>
    public abstract Exception Died(string member, bool wasSent);

    /// <summary>The channel has ended; its calls are cancelled right after this. Must not wait.</summary>
    public virtual void OnEnding()
    {
    }

    /// <summary>
    /// The other peer has closed the channel. The owner calls <see cref="CallChannel.FailCalls"/> as soon as it knows how the peer ended.
    /// Called once, on any thread; must not wait.
    /// </summary>
    public abstract void OnEnded(CallChannel channel);

    /// <summary>The other peer refers to an object of this process from now on.</summary>
    public virtual void OnExported(Exported exported)
    {
    }

    /// <summary>The other peer does not refer to an object of this process any more: it has released it, or the channel is closed.</summary>
    public virtual void OnReleased(Exported exported)
    {
    }

    /// <summary>The other peer asks this process to end the service.</summary>
    public virtual void OnStop()
    {
    }

    /// <summary>The object of the service was created, or could not be.</summary>
    public virtual void OnReady(Exception? failure)
    {
    }
}
