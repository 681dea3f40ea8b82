namespace Multiprocessing;

/// <summary>One step from an object to an object that it refers to.</summary>
/// <param name="Label">The label in a path; <see langword="null"/> if the path does not show the step.</param>
/// <param name="Value">The object that the step leads to.</param>
/// <param name="Hint">Returns why the object is referred to, and how to avoid it. Its argument is the label of the next step.</param>
internal readonly record struct PathStep(string? Label, object? Value, Func<string?, string?>? Hint = null);
