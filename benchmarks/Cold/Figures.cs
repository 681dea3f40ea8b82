using System.Diagnostics;

namespace Cold;

/// <param name="Begin">When both processes were ready for the first operation.</param>
/// <param name="ColdEnd">When the last of the first operations had ended.</param>
/// <param name="Hot">The duration of as many operations when the code of both processes was fully compiled.</param>
internal readonly record struct Figures(long Begin, long ColdEnd, TimeSpan Hot)
{
    public TimeSpan Cold => Stopwatch.GetElapsedTime(Begin, ColdEnd);
}
