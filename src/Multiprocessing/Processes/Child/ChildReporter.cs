namespace Multiprocessing;

/// <summary>Reports to the parent how the child's body proceeds and ends.</summary>
internal sealed class ChildReporter(FrameWriter writer)
{
    // The parent reads all the time, or is stopped.
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>What the child knows about itself; before the body arrives, a default.</summary>
    public Assignment Assignment { get; set; } = new() { Name = "", TerminationGrace = Timeout.InfiniteTimeSpan, ReportsErrors = false };

    public void Send(FrameKind kind, ReadOnlySpan<byte> payload) => _ = writer.TrySend(kind, payload, Timeout.InfiniteTimeSpan);

    /// <exception cref="NotSupportedException">The result is larger than a frame. No part of it was sent.</exception>
    /// <param name="result">The result.</param>
    /// <param name="reuse">Memory of this process that may take a large result.</param>
    public void SendResult(MessageBuffer result, BufferObject? reuse)
    {
        FrameWriter.ThrowIfTooLarge(result.Length);
        if (SharedContent.TryLay(result, reuse) is not { } content)
        {
            _ = writer.TrySend(FrameKind.Result, result, Timeout.InfiniteTimeSpan);
            return;
        }

        var travelling = content.Memory.StartTravel();
        if (writer.TrySend(FrameKind.ResultInMemory, content.Reference(isInFlight: true), Timeout.InfiniteTimeSpan))
        {
            result.MarkSent();
        }
        else
        {
            travelling.Cancel();
        }

        content.Release();
    }

    /// <summary>Reports the exception that left the body, and returns the exit code.</summary>
    public int Fail(Exception exception)
    {
        // To the parent first: standard error may have no reader.
        SendException(FrameKind.Failed, exception);
        if (!Assignment.ReportsErrors)
        {
            Show(exception);
        }

        return ChildExitCodes.UnhandledException;
    }

    /// <summary>Reports the exception that keeps the body from starting, and returns the exit code.</summary>
    public int Reject(FrameKind kind, Exception exception)
    {
        SendException(kind, exception);
        return ChildExitCodes.Rejected;
    }

    public void SendException(FrameKind kind, Exception exception)
    {
        using var whole = MessageBuffer.Rent();
        try
        {
            ExceptionMessage.Write(whole, exception, FrameWriter.LargestPayload);
            _ = writer.TrySend(kind, whole, Timeout.InfiniteTimeSpan);
        }
        catch (Exception obstacle) when (whole.Length > 0)
        {
            // No memory. No part of it was sent: the memory of a frame is allocated before its header is sent.
            using var text = MessageBuffer.Rent();
            ExceptionMessage.WriteText(text, exception, $"sending it threw {ExceptionText.OneLine(obstacle)}");
            _ = writer.TrySend(kind, text, Timeout.InfiniteTimeSpan);
        }
    }

    public void SendExit() => _ = writer.TrySend(FrameKind.Exiting, BitConverter.GetBytes(Environment.ExitCode), ExitTimeout);

    private void Show(Exception exception)
    {
        try
        {
            Console.Error.WriteLine(
                $"Unhandled exception in process '{Assignment.Name}' (pid {Environment.ProcessId}): {ExceptionText.Full(exception)}");
        }
        catch (IOException)
        {
            // Standard error is closed or full. The parent has the exception.
        }
    }
}
