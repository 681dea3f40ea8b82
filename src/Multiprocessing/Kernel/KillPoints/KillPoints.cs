using System.Diagnostics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Kills this process between two instructions, where it was told to die. Only the build with -p:KillPoints=true has the calls of <see cref="Pass"/>; in every
/// other they are not compiled.
/// </summary>
internal static class KillPoints
{
    /// <summary>"[point]:[passage]" for processes that are to die before any code of theirs could call <see cref="Arm"/>.</summary>
    public const string Variable = "MULTIPROCESSING_KILL_AT";

    private static volatile KillPoint _deadly;
    private static int _left;

    static KillPoints()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split(':') is [var point, var passage])
        {
            // Not for the children of this process, which have the same environment.
            Environment.SetEnvironmentVariable(Variable, null);
            Arm(Enum.Parse<KillPoint>(point), int.Parse(passage));
        }
    }

    /// <summary>This process dies when it comes to <paramref name="point"/> for the <paramref name="passage"/>th time from now on, counting from 1.</summary>
    public static void Arm(KillPoint point, int passage)
    {
        Volatile.Write(ref _left, passage);
        _deadly = point;
    }

    /// <summary>SIGKILL of oneself does not return: the signal is there before the system call ends.</summary>
    [Conditional("MULTIPROCESSING_STEPS")]
    public static void Pass(KillPoint point)
    {
        if (point == _deadly && Interlocked.Decrement(ref _left) == 0)
        {
            Signals.Send(Environment.ProcessId, Signals.Kill);
        }
    }
}
