using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Receives the events of a child on the watcher's thread. Must be quick and must not throw.</summary>
internal interface IChildListener
{
    void OnFrame(ControlFrame frame);

    /// <summary>
    /// The child has ended and is reaped, and no more events follow. The listener interprets the status; the result is stored in the participant
    /// table.
    /// </summary>
    ParticipantExit OnExited(WaitStatus status, ProcStat? lastStat);

    /// <summary>Called after the other processes of the session were notified.</summary>
    void OnGone();

    /// <summary>
    /// A failure makes the child unusable, for instance a frame that cannot be read. The child is killed, and waiters receive the reason. Its end is
    /// still reported.
    /// </summary>
    void OnLost(Exception exception);

    /// <summary><see cref="OnGone"/> failed. Waiters must not wait for ever.</summary>
    void OnGoneLost(Exception exception);
}
