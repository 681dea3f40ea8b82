namespace Multiprocessing;

/// <summary>The exit codes of a child whose body did not choose one. The parent knows better from the control channel; these are for whoever else looks.</summary>
internal static class ChildExitCodes
{
    /// <summary>An exception left the body; CPython's code too.</summary>
    public const int UnhandledException = 1;

    /// <summary>The greeting or the body could not be taken (EX_SOFTWARE of sysexits.h).</summary>
    public const int Rejected = 70;

    /// <summary>The parent was gone before the body came (EX_UNAVAILABLE).</summary>
    public const int ParentGone = 69;

    /// <summary>Asked to stop, and went: what a shell reports for SIGTERM.</summary>
    public const int Terminated = 128 + Platform.Signals.Terminate;
}
