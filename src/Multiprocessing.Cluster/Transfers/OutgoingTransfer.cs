namespace Multiprocessing;

/// <summary>A content on its way to another member.</summary>
internal sealed class OutgoingTransfer(long number, long task, int lease, byte[] content)
{
    public long Number { get; } = number;

    /// <summary>Gets the task that it belongs to, or 0.</summary>
    public long Task { get; } = task;

    public int Lease { get; } = lease;

    /// <summary>Gets the content; empty when it has arrived, or is not sent any more.</summary>
    public byte[] Content { get; private set; } = content;

    /// <summary>Gets a task that completes with whether the receiver has the whole content. It is cancelled when the transfer is abandoned.</summary>
    public Task<bool> Arrival => Arrived.Task;

    internal TaskCompletionSource<bool> Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal CancellationTokenSource Ending { get; } = new();

    /// <summary>Gets or sets a value that indicates whether the receiver keeps nothing of it: it took the content, or was lost.</summary>
    internal bool IsOver { get; set; }

    internal void Release() => Content = [];
}
