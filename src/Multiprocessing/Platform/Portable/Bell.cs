using Multiprocessing.Platform.Posix;
using Multiprocessing.Platform.Windows;

namespace Multiprocessing.Platform.Portable;

/// <summary>What a sleeper hears in another process: there while it sleeps, and gone with it however it goes.</summary>
internal abstract class Bell : IDisposable
{
    /// <summary>The bell of a place in a directory, or <see langword="null"/> where none can be had.</summary>
    public static Bell? Open(string directory, int place) =>
        OperatingSystem.IsWindows() ? EventBell.Open(directory, place) : FifoBell.Open(directory, place);

    /// <summary>Rings; <see langword="false"/> when nobody has the bell.</summary>
    public static bool Ring(string directory, int place) =>
        OperatingSystem.IsWindows() ? EventBell.Ring(directory, place) : FifoBell.Ring(directory, place);

    /// <summary>Sleeps until it rings, or the time is over; it may end early for no reason.</summary>
    public abstract void Wait(TimeSpan timeout);

    public abstract void Dispose();
}
