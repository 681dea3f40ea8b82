using System.Diagnostics;

namespace Multiprocessing.Proxies;

// The end of a member that is asynchronous. In a file of its own, because the other parts are unsafe code, which cannot await.
public sealed partial class IncomingCall
{
    private async Task FinishAsync(ValueTask running, Activity? activity)
    {
        var scheduler = Channel.Scheduler;
        Exception? failure = null;
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
            Fail(exception);
        }

        End(activity, failure);
        scheduler.End();
    }
}
