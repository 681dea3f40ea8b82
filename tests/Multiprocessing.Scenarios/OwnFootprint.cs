using System.Diagnostics;

namespace Multiprocessing.Scenarios;

/// <summary>What this process has: descriptors, threads, children (those that ended and were not reaped too), files of its session, participants of it.</summary>
internal sealed record OwnFootprint(int Descriptors, int Threads, int Children, int Files, int Participants)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45); // idle threads of the thread pool live 20 s

    public static OwnFootprint Take() => new(
        Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
        Directory.EnumerateDirectories("/proc/self/task").Count(),
        CountChildren(),
        // When the first waiter of any process sleeps, the place where it does is made; it is no file of a start, nor is what an observer (mp ps) is told.
        Directory.EnumerateFileSystemEntries(Session.Current.Directory).Count(
            static path => Path.GetFileName(path) is not "parking" and var name && !name.StartsWith("status-", StringComparison.Ordinal)),
        Session.Current.Liveness.ListParticipants().Count);

    /// <summary>Returns the number of children, those that ended and were not reaped too; 0 under Windows.</summary>
    public static int CountChildren() => OperatingSystem.IsWindows()
        ? 0
        : Directory.EnumerateDirectories("/proc/self/task").Sum(static task => TryRead(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);

    /// <summary>Waits until this process has again what it had; else says what is more or less. Threads of the thread pool come and go, and the runtime closes files that it no longer needs.</summary>
    public string? DifferenceFromNow()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var now = Take();
            if (now.Descriptors <= Descriptors && now.Threads <= Threads + 1 && (now.Children, now.Files, now.Participants) == (Children, Files, Participants))
            {
                return null;
            }

            if (watch.Elapsed > Patience)
            {
                return $"before {this}, after {now}";
            }

            Thread.Sleep(10);
        }
    }

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ""; // the thread has ended
        }
    }
}
