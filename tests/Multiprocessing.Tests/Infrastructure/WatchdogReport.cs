using System.Text;

namespace Multiprocessing.Tests;

/// <summary>What can be seen from outside of a test that hangs.</summary>
internal static class WatchdogReport
{
    private static readonly TimeSpan PatienceForOneLook = TimeSpan.FromSeconds(2);

    public static string Write(IReadOnlyList<(string Name, Func<object?> Look)> watched)
    {
        var text = new StringBuilder();
        lock (watched)
        {
            foreach (var (name, look) in watched)
            {
                // The hanging process may also block the process that inspects it.
                var seen = Task.Run(look);
                text.AppendLine($"{name}: {(seen.Wait(PatienceForOneLook) ? seen.Result : "does not answer")}");
            }
        }

        text.AppendLine($"thread pool: {ThreadPool.ThreadCount} threads, {ThreadPool.PendingWorkItemCount} items pending");
        foreach (var child in ChildProcess.Active)
        {
            text.AppendLine($"child of the library: {child}");
        }

        AppendProcess(text, ProcessEntry.Find(Environment.ProcessId)!);
        foreach (var process in TestRun.Processes())
        {
            AppendProcess(text, process);
        }

        foreach (var path in SessionDirectories.All().Append("/dev/shm").Where(Directory.Exists))
        {
            text.AppendLine($"{path}: {string.Join(' ', Directory.EnumerateFileSystemEntries(path).Select(Path.GetFileName))}");
        }

        return text.ToString();
    }

    private static void AppendProcess(StringBuilder text, ProcessEntry process)
    {
        text.AppendLine($"process {process}");
        var tasks = $"/proc/{process.Id}/task";
        if (!Directory.Exists(tasks))
        {
            return;
        }

        foreach (var task in Directory.EnumerateDirectories(tasks))
        {
            var status = ProcessEntry.TryRead(task + "/status") ?? "";
            var state = status.Split('\n').FirstOrDefault(line => line.StartsWith("State:", StringComparison.Ordinal))?[6..].Trim();
            var name = ProcessEntry.TryRead(task + "/comm")?.Trim();
            var channel = ProcessEntry.TryRead(task + "/wchan");
            var call = ProcessEntry.TryRead(task + "/syscall")?.Trim().Split(' ')[0];
            text.AppendLine($"    thread {Path.GetFileName(task)} '{name}': {state}, kernel function {channel}, system call {call}");
        }
    }
}
