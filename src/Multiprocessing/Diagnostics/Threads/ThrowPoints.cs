using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Throws at an entry point, where this process was told to. Only the build with -p:KillPoints=true has the calls of <see cref="Pass"/>; in every other they are not compiled.
/// </summary>
internal static class ThrowPoints
{
    /// <summary>"[point]:[passage]" for processes that are to throw before any code of theirs could call <see cref="Arm"/>.</summary>
    public const string Variable = "MULTIPROCESSING_THROW_AT";

    private static volatile EntryPoint _armed;
    private static int _left;

    static ThrowPoints()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split(':') is [var point, var passage])
        {
            // Not for the children of this process, which have the same environment.
            Environment.SetEnvironmentVariable(Variable, null);
            Arm(Enum.Parse<EntryPoint>(point), int.Parse(passage, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Whether it was thrown.</summary>
    public static bool HasThrown { get; private set; }

    /// <summary>This process throws when it comes to <paramref name="point"/> for the <paramref name="passage"/>th time from now on, counting from 1.</summary>
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
