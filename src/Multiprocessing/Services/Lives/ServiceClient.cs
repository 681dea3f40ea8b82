using System.Diagnostics;
using Multiprocessing.Proxies;

namespace Multiprocessing;

/// <summary>
/// A service as its client sees it, across all lives of its process: the target of its proxy. Owns the decision to start it again. Thread-safe.
/// <para>
/// Exactly one of these holds, under the gate: the service is being started (no instance is ready, <c>_next</c> is the wait for it), is ready
/// (<c>_ready</c>), or is over (<c>_over</c> says why).
/// </para>
/// </summary>
internal sealed partial class ServiceClient : ProxyTarget
{
    private readonly Lock _gate = new();
    private readonly ServiceStart _start;
    private readonly ProcessServiceOptions _options;
    private readonly RestartLimit _limit;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ServiceInstance? _ready;
    private ServiceInstance? _latest;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isSupervised;
    private bool _isStopping;
    private bool _isStopped;
    private Exception? _givenUp;
    private readonly ServiceStatus _status;
    private Task _restart = Task.CompletedTask;

    public ServiceClient(ProxyContract contract, ServiceStart start, ProcessServiceOptions options)
        : base(contract)
    {
        _start = start;
        _options = options;
        _limit = new RestartLimit(options.MaxRestarts, options.Period);
        Events = new EventHandlers(this);
        _status = new ServiceStatus(this);
        StatusPublisher.Add(_status);
    }

    public string Name => _options.Name!;

    public ProcessServiceOptions Options => _options;

    /// <summary>Gets the number of times that the process was started again.</summary>
    public int RestartCount { get; private set; }

    /// <summary>Under the gate.</summary>
    private void CountRestart()
    {
        RestartCount++;
        ServiceList.Restarted(Name);
    }

    /// <summary>Gets the id of the latest process.</summary>
    public int ProcessId => _latest?.ProcessId ?? throw new InvalidOperationException($"Service '{Name}' was not started.");

    /// <summary>The object answers calls.</summary>
    public bool IsReady => Ready is not null && !_isStopping;

    /// <summary>Gets the latest process.</summary>
    public ServiceInstance? Latest => _latest;

    /// <summary>Gets the task that ends when the service is over: it fails if the service was given up.</summary>
    public Task Completion => _completion.Task;

    internal override long ObjectId => 0;

    internal override PayloadFormat Format => SameBuildPayload.Instance;

    internal override EventHandlers Events { get; }

    internal override SendChain Sends { get; } = new();

    internal override CallChannel? Ready => _ready is { Channel: { IsEnded: false } channel } ? channel : null;

    internal override bool IsReachedBy(CallChannel channel) => ReferenceEquals(_ready?.Channel, channel);

    internal override void ThrowIfReleased(string name)
    {
    }

    /// <summary>A call of the proxy has disposed the object. The service stays, until it is stopped.</summary>
    internal override void Disposed()
    {
    }

    internal override async ValueTask<CallChannel> WaitUntilReadyAsync(string member, CallChannel? used, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_ready is { } ready)
                {
                    if (!ReferenceEquals(ready.Channel, used) && !ready.Channel.IsEnded)
                    {
                        return ready.Channel;
                    }

                    // Then it is started again, or is over. If it has ended, this process does not know yet: what it does then changes the state.
                    change = ready.Ended.IsCompleted ? _next.Task : ready.Ended;
                }
                else
                {
                    ThrowIfOver(member);
                    change = _next.Task;
                }
            }

            if (_options.WhileRestarting == WhileRestarting.Fail && _latest is { } latest)
            {
                throw latest.Died(member, wasSent: false);
            }

            await change.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_gate)
        {
            return $"{Name} ({Contract.Name}, pid {_latest?.ProcessId}, {StateText}, {RestartCount} restarts)";
        }
    }

    /// <summary>Under the gate.</summary>
    private string StateText =>
        _isStopped ? "stopped" : _givenUp is not null ? "given up" : _isStopping ? "stopping" : _ready is null ? "starting" : "ready";

    /// <summary>Returns what observers see.</summary>
    public ServiceSnapshot ToSnapshot()
    {
        lock (_gate)
        {
            return new ServiceSnapshot
            {
                Name = Name,
                Interface = Contract.Name,
                OwnerProcessId = Environment.ProcessId,
                ProcessId = _ready?.ProcessId,
                State = StateText,
                RestartCount = RestartCount,
                PendingCalls = _ready?.Channel.PendingCalls ?? 0,
            };
        }
    }

    /// <summary>The service will not be ready again.</summary>
    private void ThrowIfOver(string member)
    {
        if (_isStopping || _isStopped)
        {
            throw new ObjectDisposedException(Name, $"{member} was called on service '{Name}', which was stopped.");
        }

        if (_givenUp is not null)
        {
            throw _latest?.Died(member, wasSent: false) ?? _givenUp;
        }
    }

    /// <summary>The waits for the next instance check again.</summary>
    private void Changed()
    {
        var changed = _next;
        _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
