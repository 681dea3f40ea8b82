namespace Multiprocessing;

/// <summary>A sentence on what makes the program slow, and the page that shows it.</summary>
internal sealed record Observation(Severity Severity, string Subject, string Text, string Page);
