using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Throws at the entry point that a test has set. The calls of <see cref="Pass"/> are compiled only in a build with -p:KillPoints=true.
/// </summary>
internal static class ThrowPoints
{
    /// <summary>The environment variable "[point]:[passage]" for a process that is to throw before its code can call <see cref="Arm"/>.</summary>
    public const string Variable = "MULTIPROCESSING_THROW_AT";

    private static volatile EntryPoint _armed;
    private static int _left;

    static ThrowPoints()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split(':') is [var point, var passage])
        {
            // Removed, because children of this process inherit the environment.
            Environment.SetEnvironmentVariable(Variable, null);
            Arm(Enum.Parse<EntryPoint>(point), int.Parse(passage, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Gets whether this process was told to throw, and perhaps has.</summary>
    public static bool WasArmed => _armed != default;

    /// <summary>Gets whether the point has thrown.</summary>
    public static bool HasThrown { get; private set; }

    /// <summary>
    /// Makes this process throw when it passes <paramref name="point"/> for the <paramref name="passage"/>th time from now on, counted from 1.
    /// </summary>
    public static void Arm(EntryPoint point, int passage)
    {
        HasThrown = false;
        Volatile.Write(ref _left, passage);
        _armed = point;
    }

    [Conditional("MULTIPROCESSING_STEPS")]
    public static void Pass(EntryPoint point)
    {
        if (point == _armed && Interlocked.Decrement(ref _left) == 0)
        {
            HasThrown = true;
            throw new InvalidTimeZoneException($"thrown at {point}");
        }
    }
}
