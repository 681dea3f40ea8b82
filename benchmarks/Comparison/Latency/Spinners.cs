using System.Diagnostics;

namespace Comparison.Latency;

/// <summary>Another program that uses all processors: one process for each, which computes until its input ends or this process does.</summary>
internal sealed class Spinners : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Until the scheduler has given each its share.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    private readonly List<Process> _processes;

    public Spinners()
    {
        _processes = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(static _ => Programs.Start(DotnetRunner.Command, Places.Neighbour("Hello"), "spin"))];
        foreach (var process in _processes)
        {
            _ = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("A program that uses a processor ended early.");
        }

        Thread.Sleep(Settling);
    }

    public void Dispose()
    {
        _processes.ForEach(static process => process.StandardInput.Close());
        foreach (var process in _processes)
        {
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                process.WaitForExit();
            }

            process.Dispose();
        }
    }
}
