namespace Multiprocessing;

/// <summary>
/// A link from a task to an object of the pool's process, such as the receiver of its progress. It is a reference that travels with the task's
/// message: when the task or the map has ended, it is removed.
/// </summary>
internal abstract class TaskLink : ITravellingReference
{
    /// <summary>Gets or sets the number by which the worker names it.</summary>
    public long Number { get; set; }

    /// <summary>Gets the object of the pool's process.</summary>
    public abstract object Target { get; }

    /// <summary>Reads a call that the worker sent.</summary>
    /// <returns>Makes the call. An exception from reading is logged.</returns>
    public abstract unsafe Action Read(byte* data, byte* end, TaskSource source);

    /// <summary>Writes what the proxy in the worker is made from.</summary>
    public virtual void WriteTo(HandleWriter writer) => TaskLinks.Write(writer, this);

    public void Cancel() => TaskLinks.Remove(Number);
}

/// <summary>The task that made a call by a link.</summary>
internal sealed record TaskSource(string Pool, int Worker, int ProcessId, string Task);
