using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// Takes tasks back from nodes that end none for a while, although they have some: what they have ahead of their workers, and what workers of other
/// nodes are free for. The node decides which of its tasks have not begun, and its replies say so.
/// </summary>
/// <remarks>
/// A request may be lost, or arrive late or twice. It names no task, so the worst is that a node gives back tasks that it would have started. It is
/// repeated while the reason lasts, each time after twice the time, because a node whose tasks have all begun gives none back.
/// </remarks>
/// <param name="gate">The scheduler's gate.</param>
/// <param name="self">The caller's address.</param>
/// <param name="nodes">The nodes.</param>
internal sealed class NodeTakeBack(Lock gate, string self, NodeLinks nodes)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(50);

    private bool _isWatching;

    /// <summary>Starts to watch the nodes if one of them has tasks that another one could run. Under the gate.</summary>
    public void Watch()
    {
        if (!_isWatching && nodes.All.Count > 1 && IsWorthWatching())
        {
            _isWatching = true;
            Background.Run(WatchAsync);
        }
    }

    private async Task WatchAsync()
    {
        var pause = NodeLink.StallLimit;
        while (true)
        {
            await Task.Delay(pause).ConfigureAwait(false);
            List<(NodeLink Node, int Count)> requests = [];
            lock (gate)
            {
                if (!IsWorthWatching())
                {
                    _isWatching = false;
                    return;
                }

                pause = Look(requests);
            }

            foreach (var (node, count) in requests)
            {
                _ = AskAsync(node, count);
            }
        }
    }

    private bool IsWorthWatching()
    {
        var free = FreeWorkers();
        foreach (var node in nodes.All)
        {
            if (WantedFrom(node, free) > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds the nodes that are to be asked now.</summary>
    /// <returns>The time until the next look.</returns>
    private TimeSpan Look(List<(NodeLink Node, int Count)> requests)
    {
        var now = Stopwatch.GetTimestamp();
        var free = FreeWorkers();
        var pause = MaxPause;
        foreach (var node in nodes.All)
        {
            var wanted = WantedFrom(node, free);
            if (wanted == 0)
            {
                continue;
            }

            if (node.UntilAsked(now) is { Ticks: > 0 } left)
            {
                pause = left < pause ? left : pause;
                continue;
            }

            node.Ask(now);
            requests.Add((node, wanted));
        }

        return pause < MinPause ? MinPause : pause;
    }

    /// <summary>What it has ahead of its workers, and at least as many as workers of other nodes are free.</summary>
    private int WantedFrom(NodeLink node, int free)
    {
        var isAlone = nodes.All.Count < 2;
        return isAlone || node.IsLost ? 0 : Math.Max(node.Live.Count - node.Description.Workers, Math.Min(node.Live.Count, free - node.Free));
    }

    private int FreeWorkers()
    {
        var free = 0;
        foreach (var node in nodes.All)
        {
            free += node.Free;
        }

        return free;
    }

    private async Task AskAsync(NodeLink node, int count)
    {
        try
        {
            await node.Peer.TakeBack(self, count).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The connection was lost, or the node does not answer. If it is dead, the members decide it.
        }
    }
}
