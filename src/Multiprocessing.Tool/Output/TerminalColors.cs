namespace Multiprocessing.Tool.Output;

/// <summary>Whether the user wants no colours: the convention of no-color.org.</summary>
internal static class TerminalColors
{
    public static bool AreOff =>
        Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") is "dumb";
}
