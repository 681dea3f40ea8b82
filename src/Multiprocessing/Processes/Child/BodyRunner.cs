using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Reads the body of a child, runs it on the main thread and reports its end.</summary>
internal sealed class BodyRunner(ChildReporter reporter, ChildStopper stopper, OneShotSignal bodyBegins)
{
    // A body with larger arguments does not keep shared memory of that size while it runs.
    private const long LargestKept = 128 << 20;

    // The memory in which the body arrived. It takes the result, if that fits: both processes have it mapped already.
    private BufferObject? _memory;

    /// <summary>
    /// The body has returned and its result was sent. Threads that the body started may still run: as in any .NET program, the process ends with its
    /// last foreground thread.
    /// </summary>
    public bool HasEndedInOrder { get; private set; }

    /// <summary>Runs the body and returns the exit code.</summary>
    public int Run(ControlFrame frame)
    {
        ChildCall call;
        try
        {
            call = frame.Kind == FrameKind.StartInMemory ? ReadShared(frame.Payload) : Read(frame.Payload);
        }
        catch (Exception exception)
        {
            return reporter.Reject(FrameKind.Rejected, exception);
        }

        stopper.Grace = reporter.Assignment.TerminationGrace;
        bodyBegins.Set();
        try
        {
            call.Initialize();
        }
        catch (OperationCanceledException) when (CurrentProcess.IsStopping)
        {
            return Stop();
        }
        catch (Exception exception)
        {
            return reporter.Reject(FrameKind.InitializerFailed, exception);
        }

        reporter.Send(FrameKind.Started, []);
        return Run(call);
    }

    private ChildCall ReadShared(byte[] reference)
    {
        var content = SharedContent.Open(reference);
        var call = Read(content.Bytes);
        if (content.Memory.Capacity <= LargestKept)
        {
            _memory = content.Memory;
        }
        else
        {
            content.Release();
        }

        return call;
    }

    private ChildCall Read(ReadOnlySpan<byte> payload)
    {
        reporter.Assignment = Assignment.Read(payload, out var body);
        CurrentProcess.Become(reporter.Assignment);
        IdleDirectory.Return();
        return ReadCall(body);
    }

    private static unsafe ChildCall ReadCall(ReadOnlySpan<byte> message)
    {
        fixed (byte* start = message)
        {
            var position = start;
            return ValueSerializer.Deserialize<ChildCall>(ref position, start + message.Length);
        }
    }

    private int Run(ChildCall call)
    {
        using var result = MessageBuffer.Rent();
        try
        {
            call.Run(result);

            // A body may use a span of shared memory that it captured. A span keeps nothing alive, so everything that the body has stays until it has
            // ended.
            GC.KeepAlive(call);
        }
        catch (OperationCanceledException) when (CurrentProcess.IsStopping)
        {
            return Stop();
        }
        catch (Exception exception)
        {
            return reporter.Fail(exception);
        }

        if (CurrentProcess.IsStopping)
        {
            stopper.ReportStopping();
        }

        try
        {
            reporter.SendResult(result, _memory);
        }
        catch (Exception exception)
        {
            // The result is larger than a frame, or there is no memory to send it. No part of it was sent: its error becomes the body's.
            return reporter.Fail(exception);
        }

        stopper.BodyHasEnded();
        HasEndedInOrder = true;
        return Environment.ExitCode;
    }

    private int Stop()
    {
        stopper.ReportStopping();
        return ChildExitCodes.Terminated;
    }
}
