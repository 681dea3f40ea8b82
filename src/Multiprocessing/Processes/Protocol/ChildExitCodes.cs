namespace Multiprocessing;

/// <summary>
/// Exit codes of a child whose body did not set one. The parent uses the reports of the control channel; the codes serve other observers.
/// </summary>
internal static class ChildExitCodes
{
    /// <summary>An exception left the body; CPython uses the same code.</summary>
    public const int UnhandledException = 1;

    /// <summary>The greeting or the body could not be read (EX_SOFTWARE of sysexits.h).</summary>
    public const int Rejected = 70;

    /// <summary>The parent ended before it sent the body (EX_UNAVAILABLE).</summary>
    public const int ParentGone = 69;

    /// <summary>The child stopped on request: the code that a shell reports for SIGTERM.</summary>
    public const int Terminated = 128 + Platform.Signals.Terminate;
}
