namespace Services.Cases;

/// <summary>How calls ended. Thread-safe.</summary>
internal sealed class CallCounts
{
    private long _results;
    private long _deaths;
    private long _wrong;

    public long Results => Volatile.Read(ref _results);

    /// <summary>Wrong results and other exceptions.</summary>
    public long Wrong => Volatile.Read(ref _wrong);

    public Exception? FirstWrong { get; private set; }

    public void Returned(bool isRight) => Interlocked.Increment(ref isRight ? ref _results : ref _wrong);

    public void Died() => Interlocked.Increment(ref _deaths);

    public void Threw(Exception exception)
    {
        FirstWrong ??= exception;
        Interlocked.Increment(ref _wrong);
    }

    public override string ToString() => $"{Results:#,0} calls returned, {_deaths:#,0} threw the exception of a death, {Wrong:#,0} ended otherwise";
}
