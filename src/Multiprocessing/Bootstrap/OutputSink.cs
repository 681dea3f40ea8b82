using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Whose output it is.</summary>
/// <param name="Name">The child's name.</param>
/// <param name="ProcessId">Its process.</param>
/// <param name="IsError">Standard error, and not standard output.</param>
/// <param name="OnError">Told when a callback of the user's throws.</param>
internal sealed record OutputOrigin(string Name, int ProcessId, bool IsError, Action<Exception> OnError);

/// <summary>Takes what a child writes to one of its streams; one call at a time, in order.</summary>
internal abstract class OutputSink
{
    public abstract void Append(ReadOnlySpan<byte> data);

    /// <summary>There is no more.</summary>
    public virtual void Finish()
    {
    }
}

/// <summary>To this process's standard error, byte for byte. Standard output that is inherited does not come by here.</summary>
internal sealed class PassThroughSink : OutputSink
{
    private readonly PipeEnd _target = PipeEnd.StandardError();

    public override void Append(ReadOnlySpan<byte> data) => _target.Write(data);
}

/// <summary>To a callback, in lines of text.</summary>
internal sealed class LineSink(Action<string> onLine, Action<Exception> onError) : OutputSink
{
    private readonly LineSplitter _lines = new(line =>
    {
        try
        {
            onLine(line);
        }
        catch (Exception exception)
        {
            onError(exception);
        }
    });

    public override void Append(ReadOnlySpan<byte> data) => _lines.Append(data);

    public override void Finish() => _lines.Finish();
}
