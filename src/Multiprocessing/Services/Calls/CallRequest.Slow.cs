namespace Multiprocessing;

// Calls that cannot be sent at once.
internal sealed partial class CallRequest
{
    /// <summary>There is no room, or no process yet: the call is sent when its turn has come.</summary>
    private async Task<T> InvokeLater<T, TReader>()
        where TReader : IResultReader<T>
    {
        var reply = new ReplyContinuation<T, TReader>();
        CallChannel channel;
        try
        {
            channel = await SendLater().ConfigureAwait(false);
            WatchToken();
        }
        catch (ObjectDisposedException) when (_flags == CallFlags.Dispose)
        {
            Return();
            return default!; // the object ended with its service
        }
        catch
        {
            Return();
            throw;
        }

        if (!Continue(reply))
        {
            try
            {
                return Result<T, TReader>();
            }
            finally
            {
                Return();
            }
        }

        channel.ReadInBackground();
        return await reply.Task.ConfigureAwait(false);
    }

    private async ValueTask<CallChannel> SendLater()
    {
        var sends = Target.Sends;
        var turn = sends.Enter();
        try
        {
            await turn.Before.WaitAsync(_token).ConfigureAwait(false);
            CallChannel? used = null;
            while (true)
            {
                var channel = await Target.WaitUntilReadyAsync(MemberName, used, _token).ConfigureAwait(false);
                if (await channel.SendAsync(this, _token).ConfigureAwait(false))
                {
                    return channel;
                }

                used = channel;
            }
        }
        finally
        {
            sends.Exit(turn);
        }
    }

    private void SendSlowly()
    {
        var sends = Target.Sends;
        var turn = sends.Enter();
        try
        {
            turn.Before.Wait(_token);
            CallChannel? used = null;
            while (true)
            {
                var waiting = Target.WaitUntilReadyAsync(MemberName, used, _token);
                var channel = waiting.IsCompleted ? waiting.Result : waiting.AsTask().GetAwaiter().GetResult();
                if (channel.SendWaiting(this, _token))
                {
                    return;
                }

                used = channel;
            }
        }
        finally
        {
            sends.Exit(turn);
        }
    }
}
