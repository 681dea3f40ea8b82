namespace Multiprocessing;

/// <summary>The end of a link that lies in the pool's process. A reference that travels with a message: when the message's task has ended, the link is cut.</summary>
internal abstract class TaskLink : ITravellingReference
{
    public long Number { get; set; }

    public abstract object Target { get; }

    public static Refusal RefusalOf(Type type) =>
        new(type, "It belongs to this process. A task of a ProcessPool may have it (IProgress<T>, Progress<T>, ILogger, ILogger<T> or ILoggerFactory, captured or as an argument); elsewhere send values through a ProcessQueue<T>.");

    /// <summary>Reads a note, and hands back what is to be done with it. What reading it throws is logged.</summary>
    public abstract unsafe Action Read(byte* data, byte* end, TaskScope scope);

    /// <summary>Writes what its stand-in is made of.</summary>
    public virtual void WriteTo(HandleWriter writer) => TaskLinks.Write(writer, this);

    public void Cancel() => TaskLinks.Remove(Number);
}

/// <summary>Where a note comes from.</summary>
internal sealed record TaskScope(string Pool, int Worker, int ProcessId, string Task);

/// <summary>Writes an object whose stand-in crosses in its place.</summary>
internal sealed class LinkCodec(Type standIn, Func<object, TaskLink> open) : ObjectCodec(standIn, CodecTraits.Tracked)
{
    /// <summary>The codec of places that take this stand-in.</summary>
    public static LinkCodec For(Type standIn) =>
        (LinkCodec)standIn.GetMethod(nameof(ProgressStandIn<int>.Link))!.Invoke(null, null)!;

    public override void WriteHead(GraphWriter writer, object value) => open(value).WriteTo(writer.Handles);

    /// <summary>Never asked: who reads it finds the stand-in's own codec.</summary>
    public override object Create(GraphReader reader) => throw GraphReader.Torn();
}
