namespace Multiprocessing;

/// <summary>Who is told of a task's progress.</summary>
internal sealed class ProgressLink<T>(IProgress<T> progress) : TaskLink
{
    public override object Target => progress;

    public override unsafe Action Read(byte* data, byte* end, TaskScope scope)
    {
        var value = ValueSerializer.Deserialize<T>(ref data, end);
        return () => progress.Report(value);
    }
}

/// <summary>A <see cref="Progress{T}"/> in a worker: what is reported goes to the one that the caller has. Thread-safe.</summary>
internal sealed class ProgressStandIn<T> : Progress<T>, IProcessHandle<ProgressStandIn<T>>
{
    private readonly long _number;
    private readonly Action<MessageBuffer> _send = TaskLinks.Send!;

    private ProgressStandIn(long number) => _number = number;

    public static LinkCodec Link() => new(typeof(ProgressStandIn<T>), static value => new ProgressLink<T>((IProgress<T>)value));

    public static ProgressStandIn<T> ReadHandle(ref HandleReader reader) => new(TaskLinks.Read(ref reader));

    /// <summary>To a task of a pool that this task has.</summary>
    public void WriteHandle(HandleWriter writer) => TaskLinks.Write(writer, new ProgressLink<T>(this));

    protected override void OnReport(T value)
    {
        using var note = MessageBuffer.Rent();
        note.Write(_number);
        ValueSerializer.Serialize(note, value, "report");
        _send(note);
        base.OnReport(value); // the handlers that the task itself has added
    }
}

/// <summary>A <see cref="Progress{T}"/> where it stands under its own type.</summary>
internal sealed class ProgressCodec<T>() : ObjectCodec(typeof(Progress<T>), CodecTraits.Tracked)
{
    public override void WriteHead(GraphWriter writer, object value) => TaskLinks.Write(writer.Handles, new ProgressLink<T>((Progress<T>)value));

    public override object Create(GraphReader reader)
    {
        var handle = new HandleReader(reader);
        return ProgressStandIn<T>.ReadHandle(ref handle);
    }

    public override Refusal? Refuse(object value) => TaskLinks.IsCrossing ? null : TaskLink.RefusalOf(Type);
}
