namespace Multiprocessing;

/// <summary>When a supervised child or a service is started again after it ended. The names and meanings are those of Erlang/OTP.</summary>
/// <example>
/// <code>
/// RestartPolicy policy = RestartPolicy.Transient; // started again after a crash, not after a normal end
/// Console.WriteLine(policy);
/// </code>
/// </example>
public enum RestartPolicy
{
    /// <summary>It is started again whichever way it ended: by an exception, by a crash, or normally.</summary>
    Permanent = 0,

    /// <summary>It is started again if it ended by an exception or a crash, but not after it ended normally.</summary>
    Transient = 1,

    /// <summary>It is never started again.</summary>
    Temporary = 2,
}
