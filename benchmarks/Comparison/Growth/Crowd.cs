using System.Diagnostics;
using Multiprocessing;

namespace Comparison.Growth;

/// <summary>Child processes that do a pass together, again and again.</summary>
internal sealed class Crowd : IDisposable
{
    private readonly ProcessBarrier _meeting;
    private readonly SharedValue<int> _ended = new();
    private readonly List<ChildProcess> _members;

    /// <param name="count">The number of processes.</param>
    /// <param name="pass">The pass of one process, with its number from 0.</param>
    public Crowd(int count, Action<int> pass)
    {
        _meeting = new ProcessBarrier(count + 1);
        _members = [.. Enumerable.Range(0, count).Select(number => ChildProcess.Run(Follow, _meeting, _ended, pass, number))];
    }

    /// <summary>Returns the time from the moment when all are ready to the moment when all have ended their pass.</summary>
    public TimeSpan Pass()
    {
        _meeting.SignalAndWait();
        var start = Stopwatch.GetTimestamp();
        _meeting.SignalAndWait();
        return Stopwatch.GetElapsedTime(start);
    }

    public void Dispose()
    {
        _ended.Value = 1;
        _meeting.SignalAndWait();
        _members.ForEach(static member => member.Join());
        _members.ForEach(static member => member.Dispose());
        _ended.Dispose();
        _meeting.Dispose();
    }

    private static void Follow(ProcessBarrier meeting, SharedValue<int> ended, Action<int> pass, int number)
    {
        while (true)
        {
            meeting.SignalAndWait();
            if (ended.Value != 0)
            {
                return;
            }

            pass(number);
            meeting.SignalAndWait();
        }
    }
}
