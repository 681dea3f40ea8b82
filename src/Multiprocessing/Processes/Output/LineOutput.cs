namespace Multiprocessing;

/// <summary>Sends the lines of a child's output to a callback, which may throw.</summary>
internal sealed class LineOutput : IOutputSink
{
    private readonly LineSplitter _lines;

    public LineOutput(Action<string> onLine, int limit, Action<Exception> onError) =>
        _lines = new LineSplitter(line => Guard(onLine, line, onError), limit);

    public bool HasRest => _lines.HasRest;

    public void Write(ReadOnlySpan<byte> data) => _lines.Append(data);

    public void Finish() => _lines.Finish();

    private static void Guard(Action<string> onLine, string line, Action<Exception> onError)
    {
        try
        {
            onLine(line);
        }
        catch (Exception exception)
        {
            onError(exception);
        }
    }
}
