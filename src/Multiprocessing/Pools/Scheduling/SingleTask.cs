using System.Diagnostics;

namespace Multiprocessing;

/// <summary>One task that brings its own body.</summary>
internal sealed unsafe class SingleTask<TResult> : TaskBatch
{
    private const int SmallMessage = 16 << 10;

    private readonly TaskCompletionSource<TResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken _cancellationToken;
    private readonly bool _hasResult;
    private readonly byte[]? _small;
    private readonly MessageBuffer? _large;
    private ITravellingReference[] _references;

    /// <exception cref="NotSerializableException">Body or argument cannot cross.</exception>
    public SingleTask(ChildCall call, bool hasResult, TaskSettings settings, CancellationToken cancellationToken)
        : base(settings)
    {
        _hasResult = hasResult;
        _cancellationToken = cancellationToken;
        var began = Stopwatch.GetTimestamp();
        var message = MessageBuffer.Rent();
        var isKept = false;
        try
        {
            message.SenderKeepsReferences = true;
            ValueSerializer.Serialize(message, call, "body", new WriteContext(TaskLinkPolicy.Instance, cancellationToken));
            if (message.Length <= SmallMessage)
            {
                _small = new byte[message.Length];
                message.CopyTo(0, _small);
            }
            else
            {
                // It refers to large arrays instead of copying them.
                _large = message;
            }

            _references = message.TakeReferences();
            HasLinks = Array.Exists(_references, static reference => reference is TaskLink);
            isKept = _large is not null;
        }
        finally
        {
            if (!isKept)
            {
                message.Dispose();
            }
        }

        WritingTicks = Stopwatch.GetTimestamp() - began;
    }

    public Task<TResult> Task => _result.Task;

    /// <summary>The task may report to its caller before it ends.</summary>
    public bool HasLinks { get; }

    public override int Count => 1;

    public override int RawLength => _small?.Length ?? -1;

    public override bool OwnsMessages => true;

    /// <summary>Counts the tasks that have not ended; <see langword="null"/> if this one is not counted.</summary>
    public CallerSpin? CallerSpin { get; set; }

    /// <summary>Delivers what it reports before its end; set if it may report anything. Its end is delivered behind that.</summary>
    public ReportDelivery? Reports { get; set; }

    /// <summary>While it waits to be submitted: removes it when its token is cancelled.</summary>
    public CancellationTokenRegistration Waiting { get; set; }

    /// <summary>Called when it has ended; set if the pool limits the tasks that wait or run.</summary>
    public Action? Left { get; set; }

    public CancellationTokenRegistration Registration { get; set; }

    public override void CopyRaw(int index, byte* destination) => _small.CopyTo(new Span<byte>(destination, _small!.Length));

    public override MessageBuffer Serialize(int index) => _large!;

    public override bool IsCancelled(int index) => _cancellationToken.IsCancellationRequested;

    protected override long End(int index, byte* data, byte* end, bool isMeasured)
    {
        var began = isMeasured ? Stopwatch.GetTimestamp() : 0;
        var result = _hasResult ? ValueSerializer.Deserialize<TResult>(ref data, end) : default!;
        var took = isMeasured ? Stopwatch.GetTimestamp() - began : 0;
        Finish();
        if (Reports is { } reports)
        {
            reports.Add(() => _result.TrySetResult(result));
        }
        else
        {
            _result.TrySetResult(result);
        }

        return took;
    }

    protected override void Fail(int index, Exception error)
    {
        Finish();
        var isCancelled = error is OperationCanceledException && _cancellationToken.IsCancellationRequested;
        if (Reports is { } reports)
        {
            reports.Add(() => SetError(isCancelled ? null : error));
        }
        else
        {
            SetError(isCancelled ? null : error);
        }
    }

    public override void Withdraw(int index)
    {
        if (Settings.Withdrawal is { IsWanted: true } withdrawal)
        {
            withdrawal.Happen();
        }

        Finish();
        SetError(null);
    }

    public override Exception CancelledError(int index) => new OperationCanceledException(_cancellationToken);

    private void SetError(Exception? error)
    {
        if (error is null)
        {
            _result.TrySetCanceled(_cancellationToken);
        }
        else
        {
            _result.TrySetException(error);
        }
    }

    private void Finish()
    {
        Left?.Invoke();
        CallerSpin?.Closed();
        Registration.Unregister();
        _large?.Dispose();
        foreach (var reference in Interlocked.Exchange(ref _references, []))
        {
            reference.EndPassedOn();
        }
    }
}
