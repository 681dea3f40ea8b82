using System.Threading.Channels;

namespace Multiprocessing;

/// <summary>The putting side of a queue as a channel's.</summary>
internal sealed class QueueChannelWriter<T>(ProcessQueue<T> queue) : ChannelWriter<T>
{
    public override bool TryWrite(T item) => queue.PutNow(item) is QueueOutcome.Done;

    public override ValueTask<bool> WaitToWriteAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellationToken) : queue.WaitToPutAsync(cancellationToken);

    public override async ValueTask WriteAsync(T item, CancellationToken cancellationToken = default)
    {
        try
        {
            await queue.PutAsync(item, cancellationToken).ConfigureAwait(false);
        }
        catch (QueueCompletedException exception)
        {
            throw new ChannelClosedException(exception.Message, exception);
        }
    }

    /// <exception cref="NotSupportedException">An error was given: a completed queue has no place for one. Put it as an item.</exception>
    public override bool TryComplete(Exception? error = null) => error is null
        ? queue.Core.Complete()
        : throw new NotSupportedException(
            "A queue between processes is completed without an error: an exception here would not reach the readers. Put it as an item, or let the process's ExitStatus tell.", error);
}
