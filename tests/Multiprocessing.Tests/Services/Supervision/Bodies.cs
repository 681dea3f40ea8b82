namespace Multiprocessing.Tests.Supervision;

/// <summary>Bodies of supervised children, and what their tests read from them.</summary>
internal static class Bodies
{
    public static readonly SupervisedChildOptions Quiet = With(RestartPolicy.Permanent);

    public static SupervisedChildOptions With(RestartPolicy policy) => new()
    {
        Restart = policy,
        Process = new ChildProcessOptions { StandardError = ProcessOutput.Discard },
    };

    /// <summary>Also a body that stands still for a while has the time to write down that it stops.</summary>
    public static SupervisedChildOptions Patient(RestartPolicy policy)
    {
        var options = With(policy);
        options.ShutdownGrace = TimeSpan.FromSeconds(60);
        return options;
    }

    /// <summary>A body that runs until it is asked to stop, and writes both down.</summary>
    public static Func<Task> Diary(ProcessQueue<string> diary, string name) => async () =>
    {
        var stopping = CurrentProcess.Stopping; // read before the first line: a request that comes before that ends the process at once
        diary.Put($"{name} starts");
        try
        {
            await Task.Delay(Timeout.Infinite, stopping);
        }
        catch (OperationCanceledException)
        {
            diary.Put($"{name} stops");
        }
    };

    public static async Task UntilStopped()
    {
        try
        {
            await Task.Delay(Timeout.Infinite, CurrentProcess.Stopping);
        }
        catch (OperationCanceledException)
        {
        }
    }

    public static void Deaf()
    {
        _ = CurrentProcess.Stopping;
        Thread.Sleep(Timeout.Infinite);
    }

    public static IReadOnlyList<string> Read(this ProcessQueue<string> diary)
    {
        List<string> lines = [];
        while (diary.TryGet(out var line))
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>Kills the child's process from outside and waits until the child runs as another process.</summary>
    public static async Task KillAndWait(this SupervisedChild child)
    {
        var before = child.ProcessId!.Value;
        Posix.Signal(before, Posix.SigKill);
        await child.WaitUntil(() => child.State == SupervisedChildState.Running && child.ProcessId is { } now && now != before);
    }

    public static async Task WaitUntil(this SupervisedChild child, Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(5);
        }
    }
}
