namespace Multiprocessing;

/// <summary>Something that happened between two samples, in words.</summary>
internal sealed record HistoryEvent(long Sequence, DateTimeOffset Time, Severity Severity, string Text);

internal enum Severity
{
    Info,
    Warning,
    Bad,
}
