using System.Reflection;

namespace Multiprocessing;

/// <summary>
/// Decides how objects cross that report to or log in this process (<see cref="LinkableTypes"/>): as a link, by which the reader calls the object in
/// this process, or as a copy. Thread-safe.
/// </summary>
internal abstract class LinkPolicy
{
    /// <summary>Returns the codec that writes a link in place of an object.</summary>
    /// <param name="type">The interface that the location is declared as, or the class of the object.</param>
    /// <returns>The codec, or <see langword="null"/> if objects in such a location are copied.</returns>
    public abstract ObjectCodec? CodecOf(Type type);

    /// <summary>Called before an object is copied whose class reports or logs through an interface.</summary>
    /// <param name="type">The object's class.</param>
    /// <param name="reportsBy">The interface, or the class itself if it is one of the framework.</param>
    /// <exception cref="CannotCrossException">The copy would be of no use.</exception>
    public abstract void BeforeCopy(Type type, Type reportsBy);

    /// <summary>
    /// Returns why an object of this library that crosses by identity cannot cross, or <see langword="null"/>: a reader on another machine does not
    /// have the shared memory behind it.
    /// </summary>
    /// <param name="type">The object's class.</param>
    public virtual Refusal? OfHandle(Type type) => null;

    /// <summary>Gets a value that indicates whether the reader is on another machine, which does not have the program's plug-ins.</summary>
    public virtual bool LeavesMachine => false;

    /// <summary>Returns why a type or a method of an assembly that the program has loaded by itself cannot leave the machine.</summary>
    /// <param name="culprit">The type of the object.</param>
    /// <param name="assembly">The assembly.</param>
    public virtual Refusal? OfPlugin(Type culprit, Assembly assembly) => null;

    /// <summary>Gets a value that indicates whether the reader is a task, which can call objects of this process by links.</summary>
    public virtual bool IsForTasks => false;
}
