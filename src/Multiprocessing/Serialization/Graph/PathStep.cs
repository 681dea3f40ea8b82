namespace Multiprocessing;

/// <summary>One step from an object to something it holds.</summary>
/// <param name="Label">As a path shows it; <see langword="null"/> for a step that is not shown.</param>
/// <param name="Value">What is held.</param>
/// <param name="Hint">Why it is held, and how to do without: asked for the step behind this one, of which it is given the label.</param>
internal readonly record struct PathStep(string? Label, object? Value, Func<string?, string?>? Hint = null);
