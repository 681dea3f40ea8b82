using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform.Portable;

/// <summary>Wakes one sleeper of another process. It exists while the sleeper sleeps, and ends with it in any case.</summary>
internal abstract class Bell : IDisposable
{
    /// <summary>Opens the bell of a slot in a directory, or returns <see langword="null"/> if none is available.</summary>
    public static Bell? Open(string directory, int place) =>
        OperatingSystem.IsWindows() ? EventBell.Open(directory, place) : FifoBell.Open(directory, place);

    /// <summary>Rings. Returns <see langword="false"/> if no process has the bell open.</summary>
    public static bool Ring(string directory, int place) =>
        OperatingSystem.IsWindows() ? EventBell.Ring(directory, place) : FifoBell.Ring(directory, place);

    /// <summary>Sleeps until the bell rings, or the time has elapsed. May end early without a reason.</summary>
    public abstract void Wait(TimeSpan timeout);

    public abstract void Dispose();
}
