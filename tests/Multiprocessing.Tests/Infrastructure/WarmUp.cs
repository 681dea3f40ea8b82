namespace Multiprocessing.Tests;

/// <summary>
/// Has the runtime and the library open what they open once and keep (watcher, session, dispatcher), so that it is no test's difference.
/// </summary>
internal static class WarmUp
{
    private static readonly Lazy<Task> Once = new(() => Watchdog.Run(Run));

    public static Task Done => Once.Value;

    private static async Task Run()
    {
        TestRun.Mark();
        Multiprocessing.Platform.CrashDialogs.Disable(); // of the companion programs, too
        _ = (Console.Out, Console.Error); // each duplicates its handle when it is first asked for
        using var queue = new ProcessQueue<int>();
        var options = new ChildProcessOptions { StandardOutput = ProcessOutput.ToLines(_ => { }), StandardError = ProcessOutput.ToLines(_ => { }) };
        await using var child = ChildProcess.Run(
            async queue =>
            {
                Console.WriteLine("warm");
                await Task.Delay(100);
                await queue.PutAsync(1);
            },
            queue,
            options);
        _ = await queue.GetAsync();
        await child.JoinAsync();
        using var stranger = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(OperatingSystem.IsWindows() ? "hostname" : "true") { RedirectStandardOutput = true })!;
        using var output = stranger.StandardOutput; // code that has used the property must close the stream; the process object does not
        _ = await output.ReadToEndAsync();
        await stranger.WaitForExitAsync();
    }
}
