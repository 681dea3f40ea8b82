namespace Multiprocessing;

/// <summary>What the reader of a message provides for the objects that it creates; the counterpart of a <see cref="WriteContext"/>.</summary>
internal abstract class ReadContext
{
    /// <summary>Gets the token that takes the place of the token of the <see cref="WriteContext"/>.</summary>
    public abstract CancellationToken TaskToken { get; }
}
