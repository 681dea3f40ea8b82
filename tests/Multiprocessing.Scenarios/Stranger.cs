using System.Diagnostics;

namespace Multiprocessing.Scenarios;

/// <summary>A program that is not this library's.</summary>
internal static class Stranger
{
    /// <summary>Starts one that does nothing for two minutes, or until it is killed.</summary>
    public static int Start() => OperatingSystem.IsWindows()
        ? Process.Start(new ProcessStartInfo("cmd.exe", ["/c", "pause"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!.Id
        : Process.Start("sleep", "120").Id;
}
