namespace Multiprocessing.Tool;

/// <summary>Ends a command with a message on standard error and an exit code.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
