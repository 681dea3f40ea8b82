namespace Multiprocessing;

/// <summary>
/// Something that <see cref="ProcessWait"/> waits for: a queue, an event, a semaphore, a child process, a connection. Only types of this library
/// implement it.
/// </summary>
/// <example>
/// <code>
/// using var work = new ProcessQueue&lt;string>();
/// using var stop = new ProcessEvent();
/// IProcessWaitable[] sources = [work, stop];
/// work.Put("first");
/// Console.WriteLine(ProcessWait.Any(sources)); // 0: the queue has an item
/// stop.Set();
/// Console.WriteLine(ProcessWait.Ready(sources).Count); // 2
/// </code>
/// </example>
public interface IProcessWaitable
{
    /// <summary>Gets the condition under which this object is ready.</summary>
    /// <exception cref="ObjectDisposedException">The object was disposed in this process.</exception>
    /// <exception cref="InvalidOperationException">The object can never become ready: a child process that was not started.</exception>
    internal IWaitable Readiness { get; }

    /// <summary>
    /// Begins a wait. Returns <see cref="Readiness"/>, or a condition that also holds if the object became ready after this call and then ceased to
    /// be: an event that is set and reset at once.
    /// </summary>
    internal IWaitable BeginWait() => Readiness;
}
