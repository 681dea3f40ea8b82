using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>Programs that are not this library's.</summary>
internal static class Stranger
{
    /// <summary>One that does nothing until it is killed.</summary>
    public static Process StartSleeping() => OperatingSystem.IsWindows()
        ? Process.Start(new ProcessStartInfo("cmd.exe", ["/c", "pause"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!
        : Process.Start("sleep", "1000");

    /// <summary>One that ends at once with an exit code.</summary>
    public static Process StartEnding(int code) => OperatingSystem.IsWindows()
        ? Process.Start("cmd.exe", ["/c", $"exit {code}"])
        : Process.Start("sh", ["-c", $"exit {code}"]);
}
