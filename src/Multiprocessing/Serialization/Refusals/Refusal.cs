namespace Multiprocessing;

/// <summary>Why something cannot cross.</summary>
/// <param name="Culprit">The type that cannot.</param>
/// <param name="WayOut">What to do instead, one sentence.</param>
internal sealed record Refusal(Type Culprit, string WayOut);
