using System.Diagnostics;

namespace Multiprocessing;

/// <summary>A task of a caller. Its state belongs to the scheduler's gate; it is completed outside of it, once.</summary>
internal abstract class ClusterTask(long id, string name, byte[] call, TaskSetting setting, CancellationToken cancellationToken)
{
    public long Id { get; } = id;

    public string Name { get; } = name;

    public byte[] Call { get; } = call;

    public TaskSetting Setting { get; } = setting;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Gets or sets how many times it may have been started.</summary>
    public int Attempt { get; set; }

    /// <summary>Gets how many times it was given to a node; the last of these is the only one whose reply counts.</summary>
    public int Lease { get; private set; }

    /// <summary>
    /// Gets the body that the call refers to, if it crosses once for all tasks of a map; <see langword="null"/> if the call contains it.
    /// </summary>
    public CarriedBody? Body { get; init; }

    /// <summary>Gets what learns the sizes of the items of its call, or <see langword="null"/> if it is alone.</summary>
    public TypicalSize? Size { get; init; }

    /// <summary>Gets or sets what has to be on its node before the message with it, if it does not fit into that message.</summary>
    public TaskCargo? Cargo { get; set; }

    /// <summary>Gets or sets the node that has it, or <see langword="null"/> while it waits.</summary>
    public NodeLink? Node { get; private set; }

    /// <summary>Gets or sets a value that indicates whether a message with it may have left this process.</summary>
    public bool IsSent { get; set; }

    public bool IsCancelled { get; set; }

    public bool IsOver { get; set; }

    public long Submitted { get; } = Stopwatch.GetTimestamp();

    public CancellationTokenRegistration Registration { get; set; }

    /// <summary>Gets the objects of this process that the task can call while it runs, such as the receiver of its progress.</summary>
    public TaskLink[] Links { get; init; } = [];

    /// <summary>Gets what delivers its reports; its end is delivered behind them. <see langword="null"/> if it cannot report.</summary>
    public ReportDelivery? Reports { get; init; }

    private (int Lease, int Number) LastReport { get; set; }

    /// <summary>A node gets it.</summary>
    public void Give(NodeLink node)
    {
        Node = node;
        Attempt++;
        Lease++;
        node.Give(this);
    }

    /// <summary>Returns the task as the node gets it.</summary>
    public LeasedTask ToLeased() => new(
        Id, Lease, Attempt, Name, Setting.Timeout, Links.Length > 0, TaskCargo.InlineOf(this), Cargo?.Call?.Number ?? 0, Cargo?.Body?.Number ?? 0);

    /// <summary>The node that had it has it no more.</summary>
    public void Release()
    {
        Node?.Live.Remove(Id);
        Cargo?.Abandon();
        Cargo = null;
        Node?.Incoming.DropTask(Id);
        Node = null;
        IsSent = false;
    }

    /// <summary>Returns whether a report is the next one, and not one that was sent again.</summary>
    public bool TakesReport(int lease, int number)
    {
        if ((lease, number).CompareTo(LastReport) <= 0)
        {
            return false;
        }

        LastReport = (lease, number);
        return true;
    }

    /// <summary>Reads what a node replied. The caller's task completes with it by <see cref="Complete"/>.</summary>
    /// <returns>The error, or <see langword="null"/> if it succeeded.</returns>
    public abstract Exception? Read(byte[] reply);

    /// <summary>Completes the caller's task with what was read.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception error);

    public abstract void Cancel();
}

/// <summary>What the options of a task say.</summary>
internal readonly record struct TaskSetting(int Priority, TimeSpan Timeout, int MaxAttempts);

internal sealed class ClusterTask<TResult>(
    long id, string name, byte[] call, bool hasResult, TaskSetting setting, CancellationToken cancellationToken)
    : ClusterTask(id, name, call, setting, cancellationToken)
{
    private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult _read = default!;
    private Exception? _error;

    public Task<TResult> Task => _result.Task;

    public override Exception? Read(byte[] reply)
    {
        Size?.Learn(reply.Length);
        return _error = ClusterWork.Read(reply, hasResult, out _read);
    }

    public override void Complete()
    {
        if (_error is not null)
        {
            Fail(_error);
            return;
        }

        Registration.Unregister();
        if (Reports is { } reports)
        {
            reports.Add(Succeed);
        }
        else
        {
            Succeed();
        }
    }

    public override void Fail(Exception error)
    {
        Registration.Unregister();
        if (Reports is { } reports)
        {
            reports.Add(() => SetError(error));
        }
        else
        {
            SetError(error);
        }
    }

    public override void Cancel()
    {
        Registration.Unregister();
        _result.TrySetCanceled(CancellationToken);
    }

    private void Succeed() => _result.TrySetResult(_read);

    private void SetError(Exception error)
    {
        if (error is OperationCanceledException && CancellationToken.IsCancellationRequested)
        {
            _result.TrySetCanceled(CancellationToken);
        }
        else
        {
            _result.TrySetException(error);
        }
    }
}
