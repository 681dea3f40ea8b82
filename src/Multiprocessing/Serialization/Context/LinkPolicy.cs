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

    /// <summary>Returns why an object's type cannot be read by the reader, whatever is in it; <see langword="null"/> if it can.</summary>
    public virtual Refusal? OfObject(object value) => null;

    /// <summary>
    /// Returns why the reader may not find a type or member by its name, such as one of an assembly that the program has loaded by itself;
    /// <see langword="null"/> if it may. Asked for each name that is written, so the answer is kept in the name.
    /// </summary>
    public virtual Refusal? OfName(NameEntry name) => null;

    /// <summary>Gets a value that indicates whether the reader is a task, which can call objects of this process by links.</summary>
    public virtual bool IsForTasks => false;
}
