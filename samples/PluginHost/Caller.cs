using System.Diagnostics;
using Multiprocessing;

namespace PluginHost;

/// <summary>
/// A part of the program that calls one service. It handles the failure of a call like any other exception, and never starts anything again.
/// </summary>
internal sealed class Caller(string name, Timeline timeline, ProcessSupervisor supervisor)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5); // between two inputs
    private readonly List<string> _surprises = [];

    public string Name => name;

    public int Calls { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Gets the number of calls that ended the process.</summary>
    public int Deaths { get; private set; }

    /// <summary>Gets the longest time from a call that ended the process to the end of the next one.</summary>
    public TimeSpan LongestGap { get; private set; }

    /// <summary>Gets what was not as promised.</summary>
    public IReadOnlyList<string> Surprises => _surprises;

    public void Run(IEnumerable<Job> jobs)
    {
        var lastDeath = 0L;
        foreach (var job in jobs)
        {
            Thread.Sleep(Pause);
            var fate = Make(job, out var exception);
            if (fate != job.Fate)
            {
                _surprises.Add($"{name}, {job.Name}: expected {job.Fate}, but it ended by {fate}. {exception?.Message}");
            }

            if (fate == Fate.Result && lastDeath != 0)
            {
                var gap = Stopwatch.GetElapsedTime(lastDeath);
                LongestGap = gap > LongestGap ? gap : LongestGap;
                lastDeath = 0;
                timeline.Recovered(name, job.Name, gap);
            }
            else if (exception is not null)
            {
                timeline.Failed(name, job.Name, fate, exception);
                if (fate is Fate.Crash or Fate.Hang)
                {
                    lastDeath = Stopwatch.GetTimestamp();
                    timeline.Tree("during", supervisor);
                }
            }
        }
    }

    private Fate Make(Job job, out Exception? caught)
    {
        Calls++;
        try
        {
            job.Call();
            caught = null;
            return Fate.Result;
        }
        catch (Exception exception)
        {
            Failed++;
            caught = exception;
            var fate = exception switch
            {
                ServiceDiedException => Fate.Crash,
                TimeoutException => Fate.Hang,
                _ => Fate.Exception,
            };
            Deaths += fate is Fate.Crash or Fate.Hang ? 1 : 0;
            return fate;
        }
    }
}
