namespace Multiprocessing;

/// <summary>
/// One serialized message, pooled. Its owner either hands it over (copies it into a ring or a socket) and disposes it,
/// or calls <see cref="Cancel"/> before disposing it, so that the handles in it do not count as travelling for ever.
/// </summary>
internal sealed class MessageBuffer : IDisposable
{
    public static MessageBuffer Rent() => throw new NotImplementedException();

    /// <summary>Bytes written.</summary>
    public long Length => throw new NotImplementedException();

    /// <summary>Copies the whole message to <paramref name="destination"/>, which has room for <see cref="Length"/> bytes.</summary>
    public unsafe void CopyTo(byte* destination) => throw new NotImplementedException();

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on; for senders that work in pieces.</summary>
    public void CopyTo(long offset, Span<byte> destination) => throw new NotImplementedException();

    public void Cancel() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
