using System.Threading.Channels;

namespace Multiprocessing;

/// <summary>The putting side of a queue as a channel writer.</summary>
internal sealed class QueueChannelWriter<T>(ProcessQueue<T> queue) : ChannelWriter<T>
{
    public override bool TryWrite(T item) => queue.PutItem(in item, Deadline.Now, default) is QueueOutcome.Done;

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
            throw new ChannelClosedException(exception.Message, exception.InnerException ?? exception);
        }
    }

    public override bool TryComplete(Exception? error = null) => queue.Core.Complete(error);
}
