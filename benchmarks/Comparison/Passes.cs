using System.Diagnostics;

namespace Comparison;

/// <summary>Lets a pass be done again and again until both processes' code is compiled in full, and then once more for the record.</summary>
internal static class Passes
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    // Code is compiled in full only once none has been compiled for the first time for a tenth of a second.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    /// <summary>How long the last pass took.</summary>
    public static TimeSpan Last(Action pass)
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            pass();
            Thread.Sleep(Pause);
        }
        while (Stopwatch.GetElapsedTime(start) < WarmUp);

        start = Stopwatch.GetTimestamp();
        pass();
        return Stopwatch.GetElapsedTime(start);
    }
}
