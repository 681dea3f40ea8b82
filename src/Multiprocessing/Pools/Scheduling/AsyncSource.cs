namespace Multiprocessing;

/// <summary>An asynchronous source. One that blocks all the same, although it should not, delays neither the reader nor the workers.</summary>
internal sealed class AsyncSource<TItem>(IAsyncEnumerable<TItem> source, Action signal, CancellationToken cancellationToken)
    : FedSource<TItem>(signal)
{
    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    protected override void Begin()
    {
        var context = ExecutionContext.Capture();
        LastResort.Queue(
            EntryPoint.SourceBegin,
            this,
            source =>
            {
                if (context is null)
                {
                    _ = source.EnumerateAsync();
                }
                else
                {
                    ExecutionContext.Run(context, static state => _ = ((AsyncSource<TItem>)state!).EnumerateAsync(), source);
                }
            },
            static (source, exception) => source.Lose(exception));
    }

    /// <summary>Not on the reader's thread: callbacks that are registered on the token are the program's code.</summary>
    protected override void OnOver() => LastResort.Queue(
        EntryPoint.SourceEnd,
        _ending,
        static ending =>
        {
            try
            {
                ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The source has ended meanwhile.
            }
        },
        static (_, _) => { }); // a callback threw: the source is not read any more, and is abandoned after the patience

    private async Task EnumerateAsync()
    {
        IAsyncEnumerator<TItem>? items = null;
        Exception? error = null;
        try
        {
            SetMoving(true);
            items = source.GetAsyncEnumerator(_ending.Token);
            while (await MayGoOnAsync().ConfigureAwait(false) && await items.MoveNextAsync().ConfigureAwait(false))
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
            if (items is not null)
            {
                await items.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            error = exception;
        }

        _ending.Dispose();
        Leave(error);
    }

    private async ValueTask<bool> MayGoOnAsync()
    {
        while (MayMove() is { } soon)
        {
            SetMoving(false);
            await soon;
            SetMoving(true);
        }

        return !IsOver;
    }
}
