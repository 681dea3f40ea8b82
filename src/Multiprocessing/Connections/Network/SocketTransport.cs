using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>
/// Messages over a socket or a named pipe, framed as CPython's <c>multiprocessing.connection</c> does. A message that was sent in part cannot be
/// taken back: a deadline or a token that ends a send in the middle closes the connection.
/// </summary>
internal sealed partial class SocketTransport : MessageTransport, IWaitable
{
    /// <summary>A message of up to this size leaves in one write with its header; a longer one in pieces of it.</summary>
    private const int PieceSize = 64 * 1024;

    private readonly ByteLink _link;
    private readonly FrameAssembler _reader;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _receiving = new(1, 1);
    private SilenceWatch? _watch;
    private volatile string? _silence;
    private volatile string? _sendTrouble;
    private volatile bool _isDisposed;

    /// <param name="link">The bytes; owned by the transport from now on.</param>
    /// <param name="description">The words for exceptions, such as "the connection to unix:/run/x".</param>
    /// <param name="limit">The length of the longest message that is received.</param>
    public SocketTransport(ByteLink link, string description, long limit)
    {
        _link = link;
        Description = description;
        _reader = new FrameAssembler(link, limit);
    }

    public override bool CanSend => true;

    public override bool CanReceive => true;

    public override bool SharesSession => false;

    public override bool KeepsLargeMessages => true;

    public override string Description { get; }

    /// <summary>Gets or sets the types whose values cross; <see langword="null"/> for simple values only.</summary>
    public RegisteredTypes? Types { get; set; }

    /// <summary>
    /// Gets or sets how long the other side may take nothing of a message that is sent without a deadline. Then the connection is closed, because a
    /// part of the message may have been sent.
    /// </summary>
    public TimeSpan StallTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Gets or sets how long a receive waits for a sign of the other side before it closes the connection.</summary>
    public TimeSpan IdleTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Gets or sets the length of the longest message that is received.</summary>
    public long Limit
    {
        get => _reader.Limit;
        set => _reader.Limit = value;
    }

    public override bool IsReadable => Look() is FrameState.Complete or FrameState.TooLarge or FrameState.End;

    public override bool IsAtEnd => Look() is FrameState.End;

    public override bool IsDisposed => _isDisposed;

    public override IWaitable Readable => this;

    bool IWaitable.IsReady => IsReadable;

    IDisposable IWaitable.Register(Action signal)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _link.Register(signal);
    }

    public override ConnectionClosedException Closed(bool wasSending)
    {
        var trouble = _silence ?? (wasSending ? _sendTrouble : null) ?? _reader.Trouble;
        var what = wasSending ? "No message can be sent over" : "No more messages arrive over";
        return new ConnectionClosedException(
            $"{what} {Description}: {trouble ?? "the other side has closed it"}.", innerException: _reader.Error);
    }

    /// <summary>Watches whether the other machine acknowledges what is sent.</summary>
    public void Watch(Socket socket, TimeSpan limit, TimeSpan interval) => _watch = SilenceWatch.Start(socket, limit, interval, this);

    /// <summary>The other machine is silent. The socket is about to end, which the calls that wait on it find.</summary>
    public void EndSilent(string reason) => _silence = reason;

    public override void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _watch?.Dispose();
            _link.Dispose();

            // Calls that wait end by the link's end and release their turn. The reader's memory is freed by the turn that finds it disposed.
            if (_receiving.Wait(0))
            {
                Leave(_receiving);
            }
        }
    }

    /// <summary>Reads what has arrived, unless a receive is under way, which does the same.</summary>
    private FrameState Look()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_receiving.Wait(0))
        {
            return FrameState.Partial;
        }

        try
        {
            return _reader.Advance(long.MaxValue);
        }
        finally
        {
            Leave(_receiving);
        }
    }

    private void Leave(SemaphoreSlim turn)
    {
        if (_isDisposed && ReferenceEquals(turn, _receiving))
        {
            _reader.Dispose();
        }

        turn.Release();
    }

    private bool Enter(SemaphoreSlim turn, Deadline deadline, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!turn.Wait(deadline.IsNever ? Timeout.InfiniteTimeSpan : deadline.TimerDelay, cancellationToken))
        {
            return false;
        }

        return Entered(turn);
    }

    private async ValueTask<bool> EnterAsync(SemaphoreSlim turn, Deadline deadline, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!await turn.WaitAsync(deadline.IsNever ? Timeout.InfiniteTimeSpan : deadline.TimerDelay, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        return Entered(turn);
    }

    private bool Entered(SemaphoreSlim turn)
    {
        if (_isDisposed)
        {
            Leave(turn);
            throw new ObjectDisposedException(nameof(Connection));
        }

        return true;
    }
}
