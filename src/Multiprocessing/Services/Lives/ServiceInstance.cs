namespace Multiprocessing;

/// <summary>
/// One life of a service: its process and the channel to it. Ends with the process. Thread-safe.
/// </summary>
internal sealed class ServiceInstance : ChannelOwner
{
    /// <summary>How long a process may live on after it has closed its channel.</summary>
    private static readonly TimeSpan MaxExitTime = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProcessServiceOptions _options;
    private readonly ChildProcess _process;
    private readonly CallLimit? _limit;

    private ServiceInstance(ServiceStart start, SendChain sends, ProcessServiceOptions options)
    {
        _options = options;
        var (mine, others) = ProcessPipe.CreateTransports(new() { DisplayName = options.Name });
        Channel = new CallChannel(mine, SameBuildPayload.Instance, UnlimitedScheduler.Instance, this, sends)
        {
            PeerIsConcurrent = options.MaxConcurrency > 1,
        };
        try
        {
            using var connection = new Connection(others);
            _process = start.Run(connection, options);
            _process.Role = ProcessRole.Service;
        }
        catch
        {
            Channel.Dispose();
            throw;
        }

        if (options.CallTimeout != Timeout.InfiniteTimeSpan)
        {
            _limit = new CallLimit(Channel, options.CallTimeout, options.MaxConcurrency, Overdue);
            Channel.Limit = _limit;
        }

        Channel.AddInterest();
        Channel.ReadInBackground();
        ServiceList.Add(this);

        // Not on the thread that has noticed the end: what is left to read is read first.
        _process.WhenEnded(() => LastResort.Queue(
            EntryPoint.ServiceWork, this, static instance => instance.OnProcessEnded(), static (instance, _) => instance.End()));
    }

    public string Name => _options.Name!;

    public CallChannel Channel { get; }

    public int ProcessId => _process.Id;

    /// <summary>Gets the task that ends when the object was created; it fails with the factory's exception, or with how the process ended.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Gets the task that ends when the process has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Gets whether the process was asked to end.</summary>
    public bool WasAskedToStop { get; private set; }

    /// <summary>Gets how the process ended.</summary>
    public ExitStatus Status => _process.ExitStatus ?? new ExitStatus();

    public override string Description => $"service '{_options.Name}' (pid {_process.Id})";

    /// <summary>Starts the process, which takes about a millisecond with a spare at hand.</summary>
    public static ServiceInstance Start(ServiceStart start, SendChain sends, ProcessServiceOptions options) => new(start, sends, options);

    public override Exception Died(string member, bool wasSent) =>
        new ServiceDiedException(_process.Id, _process.Name, Status, _process.StandardError, member, wasSent);

    public override void OnReady(Exception? failure)
    {
        Channel.RemoveInterest();
        if (failure is null)
        {
            _ready.TrySetResult();
        }
        else
        {
            _ready.TrySetException(failure);
            _ = _ready.Task.Exception; // observed: a restart reports it elsewhere
        }
    }

    /// <summary>The process has closed its end, or was killed. How it ended is known in a moment.</summary>
    public override void OnEnded(CallChannel channel) =>
        LibraryClock.After(MaxExitTime, static instance => ((ServiceInstance)instance!).KillIfAlive(), this);

    /// <summary>
    /// Asks the process to end when the calls that were sent have ended, and the object is disposed. Kills it after the grace.
    /// </summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        WasAskedToStop = true;
        Channel.AddInterest(); // for the calls of the object during its last ones
        Channel.SendStop();
        try
        {
            await Ended.WaitAsync(grace, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The grace is over, or the caller ends it: the process is killed.
        }
        finally
        {
            Kill();
        }

        await Ended.ConfigureAwait(false);
    }

    public void Kill()
    {
        if (!Ended.IsCompleted)
        {
            _process.Kill();
        }
    }

    private void KillIfAlive()
    {
        if (_process is { IsAlive: true }) // there is none if its start was refused
        {
            LastResort.Queue(EntryPoint.ServiceWork, this, static instance => instance.Kill(), static (instance, _) => instance.Kill());
        }
    }

    private void Overdue(CallRequest call)
    {
        var text = $"{call.MemberName} of {Description} did not end within {_options.CallTimeout} (ProcessServiceOptions.CallTimeout). "
            + "The process was killed"
            + (_options.Restart == RestartPolicy.Temporary ? "." : " and is started again.");
        try
        {
            Kill();
        }
        finally
        {
            call.Fail(new TimeoutException(text));
        }
    }

    private void OnProcessEnded()
    {
        Channel.EndWithProcess();
        End();
    }

    private void End()
    {
        _ready.TrySetException(Died("the factory", wasSent: true));
        _ = _ready.Task.Exception;
        ServiceList.Retire(this);
        _ended.TrySetResult();
        LastResort.Queue(EntryPoint.ServiceWork, _process, static process => process.Dispose(), static (process, _) => process.Dispose());
    }
}

/// <summary>How a service's process is started, with the type of its interface.</summary>
internal abstract class ServiceStart
{
    /// <param name="connection">The service's end of the channel.</param>
    /// <param name="options">The options of the service.</param>
    public abstract ChildProcess Run(Connection connection, ProcessServiceOptions options);
}

/// <inheritdoc/>
internal sealed class ServiceStart<T>(Delegate factory, Type contract) : ServiceStart
    where T : class
{
    public override ChildProcess Run(Connection connection, ProcessServiceOptions options) =>
        ChildProcess.Run(new ServiceBody<T>(factory, connection, options.MaxConcurrency, contract).Run, options.Process);
}
