namespace Multiprocessing;

/// <summary>
/// A source that may block, enumerated on a thread of the library's own, in the context of the reader that asked for the first item.
/// </summary>
internal sealed class BlockingSource<TItem>(IEnumerable<TItem> source, Action signal) : FedSource<TItem>(signal)
{
    public override long? Count => PlainSource.CountOf(source);

    protected override void Begin()
    {
        var context = ExecutionContext.Capture();
        LibraryThreads.Run(
            state =>
            {
                if (state is null)
                {
                    Enumerate();
                }
                else
                {
                    ExecutionContext.Run((ExecutionContext)state, _ => Enumerate(), null);
                }
            },
            context);
    }

    private void Enumerate()
    {
        IEnumerator<TItem>? items = null;
        Exception? error = null;
        try
        {
            SetMoving(true);
            items = source.GetEnumerator();
            while (MayGoOn() && items.MoveNext())
            {
                Add(items.Current);
            }
        }
        catch (Exception exception)
        {
            error = exception;
        }

        End(error);
        SetMoving(false);
        error = null;
        try
        {
            items?.Dispose();
        }
        catch (Exception exception)
        {
            error = exception;
        }

        Leave(error);
    }

    private bool MayGoOn()
    {
        while (MayMove() is { } soon)
        {
            SetMoving(false);
            soon.AsTask().Wait();
            SetMoving(true);
        }

        return !IsOver;
    }
}
