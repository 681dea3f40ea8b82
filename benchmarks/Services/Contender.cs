namespace Services;

/// <summary>A way to call code in another process. It is started at its first turn and lives until the end of the run.</summary>
internal abstract class Contender : IDisposable
{
    /// <summary>The head of its column.</summary>
    public abstract string Name { get; }

    public abstract bool Does(Work work);

    /// <summary>Runs the work until all code is compiled, and finds the number of calls that fill a turn.</summary>
    public abstract void WarmUp(Work work, TimeSpan turn);

    /// <summary>Runs one turn. Returns nanoseconds for each call: the elapsed time divided by the number of calls of all clients together.</summary>
    public abstract double Measure(Work work, TimeSpan turn);

    public abstract void Dispose();
}
