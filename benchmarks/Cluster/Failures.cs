using System.Diagnostics;
using System.Globalization;
using ClusterBenchmarks.Contenders;
using Multiprocessing;

namespace ClusterBenchmarks;

/// <summary>How long it takes until the task of a node that was killed, or that is frozen, starts on another one. With a new cluster of three nodes each time.</summary>
internal static class Failures
{
    public static async Task<double> MeasureAsync(string signal)
    {
        var cluster = new ClusterContender(nodes: 3);
        await using (cluster.ConfigureAwait(false))
        {
            await cluster.StartAsync().ConfigureAwait(false);
            var folder = cluster.Folder;
            var task = ((IProcessPool)cluster.Pool).RunAsync(RunUntilReleased, folder);
            var (node, _) = await StartAsync(folder, 1).ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromSeconds(3)).ConfigureAwait(false); // the members probe each other by then
            var began = Stopwatch.GetTimestamp();
            var victim = cluster.ProcessOf(node);
            Send(signal, victim);
            var (_, at) = await StartAsync(folder, 2).ConfigureAwait(false);
            if (signal == "STOP")
            {
                Send("KILL", victim); // it would run its task to the end when it wakes up
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "release"), "").ConfigureAwait(false);
            await task.ConfigureAwait(false);
            return Stopwatch.GetElapsedTime(began, at).TotalNanoseconds;
        }
    }

    private static void RunUntilReleased(string folder)
    {
        var file = Path.Combine(folder, $"start-{CurrentTask.Attempt}");
        File.WriteAllText(file + ".new", $"{CurrentTask.PoolName} {Stopwatch.GetTimestamp()}");
        File.Move(file + ".new", file, overwrite: true);
        while (!File.Exists(Path.Combine(folder, "release")))
        {
            Thread.Sleep(5);
        }
    }

    private static async Task<(string Node, long At)> StartAsync(string folder, int attempt)
    {
        var file = Path.Combine(folder, $"start-{attempt}");
        while (!File.Exists(file))
        {
            await Task.Delay(5).ConfigureAwait(false);
        }

        var words = (await File.ReadAllTextAsync(file).ConfigureAwait(false)).Split(' ');
        return (words[0], long.Parse(words[1], CultureInfo.InvariantCulture));
    }

    private static void Send(string signal, int process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
