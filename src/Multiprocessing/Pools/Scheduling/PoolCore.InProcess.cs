using System.Diagnostics;

namespace Multiprocessing;

/// <summary>What differs for a pool whose worker is a thread of this process: nothing can be killed.</summary>
internal sealed unsafe partial class PoolCore
{
    public bool IsInProcess => Options.Workers == 0;

    private static TimeoutException TimeLimitError(TaskBatch batch, int index, WorkerHost host)
    {
        var end = host.IsProcess
            ? $"its worker '{host.Name}' (pid {host.Id}) was killed."
            : $"it runs on a thread of this process ({nameof(ProcessPoolOptions.Workers)} = 0), which cannot be killed and goes on until the body ends.";
        return new TimeoutException($"Task '{batch.NameOf(index)}' did not end within {batch.Settings.Timeout.TotalSeconds:0.###} s; {end}");
    }

    /// <summary>A thread is told at its limit, and left to itself after the grace.</summary>
    private void EndAtTimeLimit(WorkerEntry member, long now, uint number)
    {
        member.Reason = KillReason.Timeout;
        member.KillNumber = number;
        if (!IsInProcess)
        {
            KillNow(member, KillReason.Timeout);
            return;
        }

        member.SignalCancelled(number);
        if (Options.CancellationGrace != Timeout.InfiniteTimeSpan)
        {
            member.KillAt = now + (long)(Options.CancellationGrace.TotalSeconds * Stopwatch.Frequency);
            LookBy(member.KillAt);
        }
    }

    /// <summary>It was told already; or somebody looks at the body in a debugger, which stops the body and not the clock.</summary>
    private bool IsTimeLimitOff(WorkerEntry member) => IsInProcess && (member.Reason == KillReason.Timeout || Debugger.IsAttached);

    /// <summary>The task ended by itself, after it was told that its time is over: that is still a time-out.</summary>
    private static bool EndedAfterTimeLimit(WorkerEntry member, uint number) =>
        member is { Reason: KillReason.Timeout, IsKilled: false } && member.KillNumber == number;

    private void KillHost(WorkerEntry member)
    {
        if (member.Process is not { } host)
        {
            return; // it is killed as soon as it is there
        }

        if (!host.IsProcess)
        {
            // First, so that a thread that lives on starts nothing more: what it has not started goes elsewhere.
            var taken = member.TakeBack(member.Requests.Started);
            for (var i = taken.Count - 1; i >= 0; i--)
            {
                _pending.AddFirst(taken[i]);
            }

            if (member.IsBusy)
            {
                member.SignalCancelled(member.Replied);
            }
        }

        host.Kill();
    }
}
