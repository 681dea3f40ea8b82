namespace Multiprocessing;

/// <summary>A stream of another process. Each enumeration enumerates the stream there.</summary>
internal sealed class RemoteStream<T>(Task<StreamReference?> reference, CancellationToken cancellationToken) : IAsyncEnumerable<T>
{
    public RemoteStream(StreamReference reference)
        : this(Task.FromResult<StreamReference?>(reference), CancellationToken.None)
    {
    }

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken token = default) => new RemoteReader<T>(reference, cancellationToken, token);
}
