using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// A lock between the members of one machine: a file that one process at a time has open. Only the user may open it. The lock of a killed process
/// ends with it; the file stays.
/// </summary>
internal static class FileLock
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    /// <exception cref="IOException">Another process has had the lock for 10 seconds, or the file cannot be opened.</exception>
    public static async Task<FileStream> AcquireAsync(string file)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            if (TryOpen(file, began) is { } held)
            {
                return held;
            }

            await Task.Delay(Interval).ConfigureAwait(false);
        }
    }

    /// <summary>As <see cref="AcquireAsync"/>, on the calling thread: TLS asks for certificates by methods that return them.</summary>
    public static FileStream Acquire(string file)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            if (TryOpen(file, began) is { } held)
            {
                return held;
            }

            Thread.Sleep(Interval);
        }
    }

    private static FileStream? TryOpen(string file, long began)
    {
        try
        {
            return PrivateFile.Open(file, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        }
        catch (IOException) when (Stopwatch.GetElapsedTime(began) < Limit)
        {
            return null; // another member has it
        }
    }
}
