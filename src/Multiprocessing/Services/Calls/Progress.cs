using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>A receiver of progress that belongs to a call of this process. Reports arrive in order, one at a time, on a thread of the pool.</summary>
internal abstract class ExportedProgress() : Exported(ExportIds.Next())
{
    /// <summary>A report has arrived. Takes it.</summary>
    public abstract void Report(IncomingCall report);
}

/// <inheritdoc/>
internal sealed class ExportedProgress<T>(IProgress<T> progress) : ExportedProgress
{
    private readonly OrderedWork _work = new();

    public override void Report(IncomingCall report) => _work.Add(() =>
    {
        using (report)
        {
            try
            {
                progress.Report(report.Argument<T>());
            }
            catch (Exception exception)
            {
                ServiceLog.EventHandlerFailed(exception, $"IProgress<{typeof(T).Name}>.Report");
            }
        }
    });
}

/// <summary>Reports to the caller of a call. After the call, reports are dropped there.</summary>
internal sealed class RemoteProgress<T>(CallChannel channel, long id) : IProgress<T>
{
    public void Report(T value)
    {
        if (channel.IsEnded)
        {
            return;
        }

        using var message = MessageBuffer.Rent();
        message.Write(new CallHeader(CallMessage.Report, 0, id));
        channel.Format.Write(message, value, "value");
        channel.SendOrDrop(message);
    }
}
