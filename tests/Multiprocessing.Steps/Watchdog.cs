namespace Multiprocessing.Steps;

/// <summary>Ends the program, and with it all its processes, when one death is not handled in time: a waiter was not notified.</summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly Timer _timer;

    public Watchdog(string what) =>
        _timer = new Timer(
            _ =>
            {
                Console.WriteLine($"failed {what} hangs: {Describe?.Invoke()}");
                Console.Out.Flush();
                Environment.Exit(2);
            },
            null,
            Limit,
            Timeout.InfiniteTimeSpan);

    public Func<string>? Describe { get; set; }

    public void Dispose() => _timer.Dispose();
}
