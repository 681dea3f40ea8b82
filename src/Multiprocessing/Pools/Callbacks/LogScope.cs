namespace Multiprocessing;

/// <summary>A log scope that is open in a flow of control of a worker.</summary>
internal sealed class LogScope : IDisposable
{
    private static readonly AsyncLocal<LogScope?> Innermost = new();

    private readonly LogValues _values;
    private readonly LogScope? _outer = Innermost.Value;

    public LogScope(LogValues values)
    {
        _values = values;
        Innermost.Value = this;
    }

    /// <summary>Returns the scopes that are open, outermost first.</summary>
    public static LogValues[] Open()
    {
        List<LogValues> all = [];
        for (var scope = Innermost.Value; scope is not null; scope = scope._outer)
        {
            all.Add(scope._values);
        }

        all.Reverse();
        return [.. all];
    }

    public void Dispose() => Innermost.Value = _outer;
}
