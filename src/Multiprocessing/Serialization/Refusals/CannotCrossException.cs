namespace Multiprocessing;

/// <summary>
/// Thrown inside the writer at an object that cannot cross. <see cref="ValueSerializer"/> turns it into a <see cref="NotSerializableException"/> with
/// the path that <see cref="PathFinder"/> finds. So no time is spent on paths as long as everything crosses.
/// </summary>
internal sealed class CannotCrossException(Refusal refusal, object? instance) : Exception(refusal.Suggestion)
{
    public Refusal Refusal { get; } = refusal;

    /// <summary>Gets the object that cannot cross, or its type, by which the path is searched; <see langword="null"/> if there is none.</summary>
    public object? Instance { get; } = instance;
}
