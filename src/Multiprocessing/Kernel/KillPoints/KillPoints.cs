using System.Diagnostics;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Kills this process between two instructions, at the armed point. Only the build with -p:KillPoints=true contains the calls of <see cref="Pass"/>;
/// all other builds are compiled without them.
/// </summary>
internal static class KillPoints
{
    /// <summary>
    /// The environment variable with "[point]:[passage]", for processes that must die before their code can call <see cref="Arm"/>.
    /// </summary>
    public const string Variable = "MULTIPROCESSING_KILL_AT";

    private static volatile KillPoint _deadly;
    private static int _left;

    static KillPoints()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split(':') is [var point, var passage])
        {
            // Not for the children of this process, which inherit the environment.
            Environment.SetEnvironmentVariable(Variable, null);
            Arm(Enum.Parse<KillPoint>(point), int.Parse(passage));
        }
    }

    /// <summary>
    /// Arms a point: this process dies when it passes <paramref name="point"/> for the <paramref name="passage"/>th time from now on, counting from
    /// 1.
    /// </summary>
    public static void Arm(KillPoint point, int passage)
    {
        Volatile.Write(ref _left, passage);
        _deadly = point;
    }

    /// <summary>
    /// Kills this process if the point is armed. A SIGKILL to the own process does not return: it takes effect before the system call ends.
    /// </summary>
    [Conditional("MULTIPROCESSING_STEPS")]
    public static void Pass(KillPoint point)
    {
        if (point == _deadly && Interlocked.Decrement(ref _left) == 0)
        {
            Signals.Send(Environment.ProcessId, Signals.Kill);
        }
    }
}
