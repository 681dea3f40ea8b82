namespace Multiprocessing;

/// <summary>
/// How long a <see cref="ProcessSupervisor"/> waits before it starts a child again. The first restart within
/// <see cref="ProcessSupervisorOptions.Period"/> is immediate. Before the second one it waits for <see cref="Initial"/>, and before each further one
/// <see cref="Factor"/> times longer, up to <see cref="Max"/>. A child that has run for a whole period begins with an immediate restart again.
/// </summary>
/// <remarks>Instances are not safe for changes by several threads at once. A supervisor copies them when it is created.</remarks>
/// <example>
/// <code>
/// await using var supervisor = new ProcessSupervisor(new()
/// {
///     BackOff = new() { Initial = TimeSpan.FromSeconds(1), Factor = 2, Max = TimeSpan.FromMinutes(1) }, // at once, then 1 s, 2 s, 4 s, ...
/// });
/// </code>
/// </example>
public sealed class RestartBackOffOptions
{
    /// <summary>Gets or sets the wait before the second restart. The default value is 100 ms. Zero restarts without waiting.</summary>
    public TimeSpan Initial { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets or sets the factor from one wait to the next, at least 1. The default value is 2.</summary>
    public double Factor { get; set; } = 2;

    /// <summary>Gets or sets the longest wait. The default value is 30 seconds.</summary>
    public TimeSpan Max { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the part of each wait that is random, from 0 to 1: with 0.2, a wait of one second is from 0.8 to 1 second. It keeps children that
    /// died of one cause from starting at the same moment. The default value is 0.2.
    /// </summary>
    public double Jitter { get; set; } = 0.2;

    /// <summary>Returns the wait before a restart.</summary>
    /// <param name="restarts">The number of restarts of the child within the period, this one included.</param>
    /// <param name="random">From 0 to less than 1.</param>
    internal TimeSpan DelayBefore(int restarts, double random)
    {
        if (restarts <= 1)
        {
            return TimeSpan.Zero;
        }

        var seconds = Math.Min(Initial.TotalSeconds * Math.Pow(Factor, Math.Min(restarts - 2, 1_000)), Max.TotalSeconds); // an infinite power too
        return TimeSpan.FromSeconds(seconds * (1 - (Jitter * random)));
    }

    /// <summary>Returns a validated copy that is not changed any more.</summary>
    internal RestartBackOffOptions ToValidated()
    {
        SupervisionOptions.Check(Initial >= TimeSpan.Zero, Initial, nameof(Initial), "Initial must be zero or positive.");
        SupervisionOptions.Check(Factor is >= 1 and <= 1e6, Factor, nameof(Factor), "Factor must be from 1 to 1,000,000.");
        SupervisionOptions.Check(
            Max >= TimeSpan.Zero && Max.TotalMilliseconds <= int.MaxValue, Max, nameof(Max), "Max must be from zero to 24 days.");
        SupervisionOptions.Check(Jitter is >= 0 and <= 1, Jitter, nameof(Jitter), "Jitter must be from 0 to 1.");
        return (RestartBackOffOptions)MemberwiseClone();
    }
}

/// <summary>The checks that the options of supervision share.</summary>
internal static class SupervisionOptions
{
    public static void Check(bool isValid, object? value, string name, string message)
    {
        if (!isValid)
        {
            throw new ArgumentOutOfRangeException(name, value, message);
        }
    }

    public static bool IsGrace(TimeSpan value) =>
        value == Timeout.InfiniteTimeSpan || (value >= TimeSpan.Zero && value.TotalMilliseconds <= int.MaxValue);

    public static bool IsPositive(TimeSpan value) => value > TimeSpan.Zero && value.TotalMilliseconds <= int.MaxValue;
}
