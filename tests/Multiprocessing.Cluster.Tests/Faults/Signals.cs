using System.Diagnostics;
using System.Globalization;
using Shouldly;

namespace Multiprocessing.ClusterTests;

/// <summary>Signals to processes of a test.</summary>
internal static class Signals
{
    public static void Send(string signal, int processId)
    {
        using var kill = Process.Start("kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }
}
