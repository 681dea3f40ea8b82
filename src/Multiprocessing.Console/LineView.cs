using System.Diagnostics;

namespace Multiprocessing;

/// <summary>Plain lines: one from time to time, and the last one.</summary>
internal sealed class LineView(TextWriter writer, string title, TimeSpan interval) : IProgressView
{
    private long _writtenAt = Stopwatch.GetTimestamp();
    private bool _isBroken;

    public void Show(PoolProgress progress)
    {
        if (_isBroken || (!progress.IsFinal && Stopwatch.GetElapsedTime(_writtenAt) < interval))
        {
            return;
        }

        _writtenAt = Stopwatch.GetTimestamp();
        try
        {
            writer.WriteLine(string.IsNullOrEmpty(title) ? progress.ToString() : $"{title}: {progress}");
            writer.Flush();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            _isBroken = true;
            throw;
        }
    }

    public void End()
    {
    }
}
