namespace Multiprocessing;

/// <summary>
/// Thrown inside the writer where it meets what cannot cross, so that nothing is spent on paths while all goes well;
/// <see cref="ValueSerializer"/> turns it into a <see cref="NotSerializableException"/> with the path found by <see cref="PathFinder"/>.
/// </summary>
internal sealed class CannotCrossException(Refusal refusal, object? instance) : Exception(refusal.WayOut)
{
    public Refusal Refusal { get; } = refusal;

    /// <summary>The object at which it happened, when there is one to look for.</summary>
    public object? Instance { get; } = instance;
}
