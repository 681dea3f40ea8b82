using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Multiprocessing;

/// <summary>The taking side of a queue as a channel reader.</summary>
internal sealed class QueueChannelReader<T>(ProcessQueue<T> queue) : ChannelReader<T>
{
    private readonly Lock _gate = new();
    private Task? _completion;

    public override bool CanCount => true;

    public override int Count => queue.Count;

    /// <summary>Completes when the queue is completed and drained. That is not watched before the first read of this property.</summary>
    public override Task Completion
    {
        get
        {
            lock (_gate)
            {
                return _completion ??= queue.WaitUntilDrainedAsync();
            }
        }
    }

    public override bool TryRead([MaybeNullWhen(false)] out T item) => queue.TryGet(out item);

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<bool>(cancellationToken) : queue.WaitToTakeAsync(cancellationToken);
}
