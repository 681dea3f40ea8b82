namespace Multiprocessing;

/// <summary>What is known of a cluster.</summary>
/// <param name="Snapshot">The newest answer, or <see langword="null"/> if there was none yet.</param>
/// <param name="Error">Why it could not be read the last time, or <see langword="null"/>.</param>
internal sealed record ClusterReading(ClusterSnapshot? Snapshot, string? Error);

/// <summary>
/// Reads a cluster beside the samples of the program, so that a member that does not answer holds up none of them. <see cref="Latest"/> is
/// thread-safe.
/// </summary>
internal sealed class ClusterWatch : IAsyncDisposable
{
    /// <summary>The program's own method may not heed its token.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly Func<CancellationToken, Task<ClusterSnapshot>> _read;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private volatile ClusterReading _latest = new(null, null);

    public ClusterWatch(Func<CancellationToken, Task<ClusterSnapshot>> read, TimeSpan interval)
    {
        _read = read;
        _interval = interval;
        _loop = Task.Run(WatchAsync);
    }

    public ClusterReading Latest => _latest;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.WaitAsync(EndLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WatchAsync()
    {
        using PeriodicTimer timer = new(_interval);
        do
        {
            try
            {
                _latest = new(await _read(_stop.Token).ConfigureAwait(false), null);
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                _latest = _latest with { Error = exception.Message };
            }
        }
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
    }
}
