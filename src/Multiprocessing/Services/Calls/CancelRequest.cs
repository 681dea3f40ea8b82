namespace Multiprocessing;

/// <summary>
/// The caller's token was canceled: the other process cancels the token of the member. If the member has not ended some time later, the caller's wait
/// ends all the same, and the reply is dropped.
/// </summary>
internal sealed class CancelRequest(CallChannel channel, long callId, CancellationToken token)
{
    /// <summary>The time that a member has to react to its token, and an iterator to the end of its reader.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public void Run()
    {
        channel.SendCancel(callId);
        LibraryClock.After(Grace, static state => ((CancelRequest)state!).GiveUp(), this);
    }

    private void GiveUp() => channel.Abandon(
        callId, new OperationCanceledException("The call was canceled, and the member did not end within a second; it still runs.", token));
}
