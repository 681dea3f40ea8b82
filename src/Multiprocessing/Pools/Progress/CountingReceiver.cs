namespace Multiprocessing;

/// <summary>Counts the items that end for a call whose progress is reported; without a receiver of progress there is none of these.</summary>
internal sealed class CountingReceiver<TResult>(MapReceiver<TResult> inner, ProgressReporter progress) : MapReceiver<TResult>
{
    public override bool IsOver => inner.IsOver;

    public override TResult[]? Results => inner.Results;

    // Counted first: the last item ends the call, whose last report has all of them. What ends after the call was cancelled with it.
    public override void OnResult(long index, TResult result)
    {
        if (!inner.IsOver)
        {
            progress.OnEnded(1);
        }

        inner.OnResult(index, result);
    }

    public override void OnResults(int count)
    {
        if (!inner.IsOver)
        {
            progress.OnEnded(count);
        }

        inner.OnResults(count);
    }

    public override void OnError(long index, Exception error)
    {
        if (!inner.IsOver)
        {
            progress.OnFailed();
        }

        inner.OnError(index, error);
    }

    public override void OnNotBegun(long index) => inner.OnNotBegun(index);
}
