namespace Multiprocessing;

/// <summary>A stream of this process that the other peer may enumerate, more than once if the stream allows it.</summary>
internal abstract class ExportedStream() : Exported(ExportIds.Next())
{
    /// <summary>Begins an enumeration.</summary>
    /// <param name="channel">The channel to its reader.</param>
    /// <param name="id">The reader's number of the enumeration.</param>
    /// <param name="credit">How far it may be ahead of the reader.</param>
    public abstract StreamPump Begin(CallChannel channel, long id, StreamCredit credit);
}

/// <inheritdoc/>
internal sealed class ExportedStream<T>(IAsyncEnumerable<T> stream) : ExportedStream
{
    public override StreamPump Begin(CallChannel channel, long id, StreamCredit credit) => new StreamPump<T>(channel, id, credit, stream);
}
