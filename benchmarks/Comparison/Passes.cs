using System.Diagnostics;

namespace Comparison;

/// <summary>Repeats a pass until the code of both processes is fully compiled, and then runs it once more to measure it.</summary>
internal static class Passes
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    // Code is fully compiled only after a tenth of a second in which no code was compiled for the first time.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    /// <summary>Returns the duration of the last pass.</summary>
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
