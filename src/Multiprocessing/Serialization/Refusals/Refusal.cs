namespace Multiprocessing;

/// <summary>The reason why an object cannot cross.</summary>
/// <param name="Culprit">The type that cannot cross.</param>
/// <param name="Suggestion">The reason and what to do instead.</param>
internal sealed record Refusal(Type Culprit, string Suggestion);
