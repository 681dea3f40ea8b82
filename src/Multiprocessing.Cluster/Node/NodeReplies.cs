namespace Multiprocessing;

/// <summary>
/// The replies for one caller: all that there are in one message, and one message under way at a time, which is sent until the caller has it.
/// Thread-safe.
/// </summary>
/// <param name="caller">The caller's member.</param>
/// <param name="node">The address of this node.</param>
internal sealed class NodeReplies(IClusterPeer caller, string node)
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly List<TaskReply> _replies = [];

    /// <summary>Leases whose reply was sent, with the number of its message, until the caller says that it has it.</summary>
    private readonly Queue<(long Number, (long Id, int Lease) Key)> _unconfirmed = [];

    private long _number;
    private bool _isSending;
    private volatile bool _isOver;
    private TaskCompletionSource? _idle;

    public void Add(TaskReply reply)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _replies.Add(reply);
            if (_isSending)
            {
                return;
            }

            _isSending = true;
        }

        Background.Run(SendAsync);
    }

    /// <summary>Returns the leases whose replies the caller has, now that it has all messages up to this number.</summary>
    public List<(long Id, int Lease)> Confirm(long received)
    {
        List<(long Id, int Lease)> confirmed = [];
        lock (_gate)
        {
            while (_unconfirmed.TryPeek(out var sent) && sent.Number <= received)
            {
                confirmed.Add(_unconfirmed.Dequeue().Key);
            }
        }

        return confirmed;
    }

    /// <summary>The caller has left or is dead: nothing is sent any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _isOver = true;
            _replies.Clear();
        }
    }

    /// <summary>Waits until the caller has all replies.</summary>
    public Task WhenSentAsync()
    {
        lock (_gate)
        {
            return _isSending
                ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
                : Task.CompletedTask;
        }
    }

    private async Task SendAsync()
    {
        while (TryTake() is { } frame)
        {
            while (!_isOver)
            {
                try
                {
                    await caller.Reply(node, frame).ConfigureAwait(false);
                    break;
                }
                catch (Exception)
                {
                    // The connection was lost, or the answer took too long. The caller drops what it has twice. If it is dead, the members decide it.
                    await Task.Delay(ResendInterval).ConfigureAwait(false);
                }
            }
        }
    }

    private byte[]? TryTake()
    {
        List<TaskReply> taken;
        lock (_gate)
        {
            if (_replies.Count == 0 || _isOver)
            {
                _isSending = false;
                _idle?.TrySetResult();
                _idle = null;
                return null;
            }

            var count = 0;
            for (long size = 0; count < _replies.Count && (count == 0 || size < Frames.UsualSize); count++)
            {
                size += _replies[count].Content.Length;
            }

            taken = _replies[..count];
            _replies.RemoveRange(0, count);
            _number++;
            taken.ForEach(reply => _unconfirmed.Enqueue((_number, (reply.Id, reply.Lease))));
        }

        return Frames.OfReplies(_number, taken);
    }
}
