namespace Multiprocessing.Tool;

/// <summary>The exit codes of all commands. Scripts rely on them; docs/reference/mp.md lists them.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>An error that has no code of its own; standard error describes it.</summary>
    public const int Failed = 1;

    /// <summary>The command line has an error.</summary>
    public const int WrongUsage = 2;

    /// <summary>There is no such program or process.</summary>
    public const int NotFound = 3;

    /// <summary>The tool did not do it: the process is not one of a program of this user, or the question was answered with no.</summary>
    public const int Refused = 4;

    /// <summary>A process did not answer in time.</summary>
    public const int TimedOut = 5;

    /// <summary><c>mp doctor</c> found a problem; <c>mp gc</c> could not remove everything.</summary>
    public const int ProblemsFound = 6;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>SIGTERM ended <c>mp top</c>, which restored the terminal before.</summary>
    public const int Terminated = 143;
}
