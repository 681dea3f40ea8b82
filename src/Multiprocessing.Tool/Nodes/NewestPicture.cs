using System.Text.Json;

namespace Multiprocessing.Tool.Nodes;

/// <summary>
/// The newest picture of a <see cref="WatchProcess"/>. Pictures are read as they arrive, so that a slow reader gets the newest one, and not one of a
/// queue that grows. Thread-safe.
/// </summary>
internal sealed class NewestPicture : IAsyncDisposable
{
    private readonly WatchProcess _watch;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;
    private volatile ClusterSnapshot? _newest;

    public NewestPicture(WatchProcess watch)
    {
        _watch = watch;
        _loop = Task.Run(ReadAllAsync);
    }

    /// <summary>Gets a task that fails when there are no more pictures.</summary>
    public Task Completion => _loop;

    /// <summary>Returns the newest picture; waits for the first one.</summary>
    /// <exception cref="CommandException">There are no more pictures.</exception>
    public async Task<ClusterSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        await _first.Task.WaitAsync(cancellationToken);
        if (_loop.IsFaulted)
        {
            await _loop;
        }

        return _newest!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (true)
            {
                _newest = ClusterSnapshotJson.FromJson(await _watch.ReadAsync(_stop.Token));
                _first.TrySetResult();
            }
        }
        catch (JsonException error)
        {
            throw Failed(new CommandException(ExitCodes.Failed, $"What the program writes is no picture of a cluster: {error.Message}"));
        }
        catch (CommandException error)
        {
            throw Failed(error);
        }
    }

    private CommandException Failed(CommandException error)
    {
        _first.TrySetException(error);
        _ = _first.Task.Exception; // nobody may wait for the first picture
        return error;
    }
}
