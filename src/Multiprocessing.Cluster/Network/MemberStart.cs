using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>How a member that has a host of its own joins and leaves: a caller, or a watcher.</summary>
internal sealed class MemberStart(IHost host) : IAsyncDisposable
{
    /// <summary>A member that cannot reach the membership any more need not wait longer: the others find that it is dead.</summary>
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(10);

    private bool _hasJoined;
    private Task _join = Task.CompletedTask;

    /// <summary>Joins, unless the other members decide meanwhile that this one is dead, because they cannot reach it.</summary>
    /// <param name="isOver">Fails when they have decided it.</param>
    /// <param name="limit">Ends the wait. It is cancelled if the member does not join.</param>
    public async Task JoinAsync(Task isOver, CancellationTokenSource limit)
    {
        _join = host.StartAsync(limit.Token);
        try
        {
            // The start alone is not waited for: while a listed member cannot be reached, it does not observe the token for minutes.
            var first = await Task.WhenAny(_join, isOver, Task.Delay(Timeout.InfiniteTimeSpan, limit.Token)).ConfigureAwait(false);
            await first.ConfigureAwait(false);
            if (first != _join)
            {
                await _join.WaitAsync(limit.Token).ConfigureAwait(false);
            }

            _hasJoined = true;
        }
        catch
        {
            // A silo that has not started refuses to be stopped. Its lifecycle stops what has started, and removes the member from the others' view.
            await limit.CancelAsync().ConfigureAwait(false);
            var leave = Task.Run(
                () => host.Services.GetRequiredService<ISiloLifecycleSubject>().OnStop(CancellationToken.None),
                CancellationToken.None);
            await Task.WhenAny(leave, Task.Delay(LeaveLimit, CancellationToken.None)).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            throw;
        }
    }

    /// <summary>Leaves.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_hasJoined)
        {
            using (host)
            {
                await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }

            return;
        }

        // It has left already. Its start ends within minutes, and only then do its services end when they are disposed.
        Background.Run(async () =>
        {
            await _join.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ((IAsyncDisposable)host).DisposeAsync().ConfigureAwait(false);
        });
    }
}
