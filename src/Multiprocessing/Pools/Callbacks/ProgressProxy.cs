namespace Multiprocessing;

/// <summary>A <see cref="Progress{T}"/> in a worker, which sends what is reported to the object of the pool's process. Thread-safe.</summary>
internal sealed class ProgressProxy<T> : Progress<T>, IProcessHandle<ProgressProxy<T>>
{
    private readonly long _number;
    private readonly Action<MessageBuffer> _send;

    private ProgressProxy(long number, Action<MessageBuffer> send)
    {
        _number = number;
        _send = send;
    }

    public static LinkCodec CreateLinkCodec() => new(typeof(ProgressProxy<T>), static value => new ProgressLink<T>((IProgress<T>)value));

    public static ProgressProxy<T> ReadHandle(ref HandleReader reader)
    {
        var context = WorkerReadContext.ReadLink(ref reader, out var number);
        return new ProgressProxy<T>(number, context.Send);
    }

    /// <summary>Writes a link for a task of a pool that this task has.</summary>
    public void WriteHandle(HandleWriter writer) => TaskLinks.Write(writer, new ProgressLink<T>(this));

    protected override void OnReport(T value)
    {
        using var report = MessageBuffer.Rent();
        report.Write(_number);
        ValueSerializer.Serialize(report, value, "report");
        _send(report);
        base.OnReport(value); // calls the handlers that the task itself has added
    }
}
