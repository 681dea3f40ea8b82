using System.Reflection;
using System.Runtime.InteropServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The life of a child, seen from inside. The main thread takes the greeting and the body, runs it and reports; a thread of its own listens to the
/// parent all the while, so that neither a busy body nor a starved thread pool keeps a request to stop, or the parent's death, from being heard.
/// </summary>
internal sealed class ChildRuntime
{
    // The parent reads all the time, or is stopped.
    private static readonly TimeSpan PatienceAtExit = TimeSpan.FromMilliseconds(100);

    private readonly PipeEnd _control;
    private readonly FrameReader _reader = new();
    private readonly FrameWriter _writer;
    private readonly ChildStopper _stopper;
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly OneShotSignal _bodyBegins = new();
    private Assignment _assignment = new() { Name = "", TerminationGrace = Timeout.InfiniteTimeSpan, ReportsErrors = false };

    private static ChildRuntime? _current;

    public ChildRuntime(PipeEnd control)
    {
        _current = this;
        _control = control;
        _writer = new FrameWriter(control);
        _stopper = new ChildStopper(_writer);
    }

    /// <summary>Ends this child, because something failed that it cannot go on without: the parent gets the exception. A process that is no child (a pool's worker may be a thread) goes on.</summary>
    public static void Die(Exception exception)
    {
        if (_current is not { } child)
        {
            return;
        }

        _ = child.Fail(exception);
        Environment.Exit(ChildExitCodes.UnhandledException);
    }

    /// <summary>The body has returned, and its result is on its way. What remains are the threads that it started: as in any .NET program, the process lives as long as a foreground thread does.</summary>
    public bool HasEndedInOrder { get; private set; }

    /// <summary>Runs to the end and returns the exit code.</summary>
    public int Run()
    {
        if (!_reader.TryRead(_control, out var greeting))
        {
            return ChildExitCodes.ParentGone;
        }

        Hello hello;
        try
        {
            hello = Hello.FromBytes(greeting.Payload);
            TakeOver(hello);
        }
        catch (Exception exception)
        {
            return Reject(exception);
        }

        Listen();
        if (hello.IsSpare)
        {
            SpareWarmUp.Run(); // ready when it has read the first hints as well
            IdleDirectory.Leave();
        }
        else
        {
            Send(FrameKind.Ready, hello.Token.ToByteArray());
        }

        return WaitForBody(hello.Token.ToByteArray());
    }

    private int WaitForBody(byte[] token)
    {
        while (_reader.TryRead(_control, out var frame))
        {
            switch (frame.Kind)
            {
                case FrameKind.Prepare:
                    Prepare(frame.Payload);
                    Send(FrameKind.Ready, token);
                    break;
                case FrameKind.Start:
                    return RunBody(frame.Payload);
                case FrameKind.Stop:
                    Send(FrameKind.Stopping, [frame.Payload is [var signal] ? signal : (byte)0]);
                    return ChildExitCodes.Terminated;
            }
        }

        return ChildExitCodes.ParentGone;
    }

    private static void Prepare(byte[] hints)
    {
        try
        {
            foreach (var hint in BodyHint.FromBytes(hints))
            {
                hint.Prepare();
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // One that cannot be found, compiled or made here, and those behind it, are not prepared. If its body comes, it fails for the same reason, and then the parent is told.
        }
    }

    private static void TakeOver(Hello hello)
    {
        foreach (var (name, value) in hello.EnvironmentToRestore)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        if (hello.LibraryVersion != typeof(ChildRuntime).Module.ModuleVersionId)
        {
            throw DifferentBuild("Multiprocessing.dll");
        }

        CurrentProcess.Become(hello);
        CrashDialogs.Disable();
        ConsoleText.WriteUtf8(hello.OutputIsRead, hello.ErrorIsRead);
        if (hello.EntryAssembly.Length > 0)
        {
            var entry = Assembly.Load(NameOf(hello.EntryAssembly));
            if (entry.ManifestModule.ModuleVersionId != hello.EntryVersion)
            {
                throw DifferentBuild(entry.GetName().Name + ".dll");
            }

            Assembly.SetEntryAssembly(entry);
        }

        Session.Join(hello.SessionDirectory, hello.Participant);
    }

    // By the simple name, because the version id is compared anyway: parsing a full name takes a part of a millisecond.
    private static AssemblyName NameOf(string fullName)
    {
        var end = fullName.IndexOf(',', StringComparison.Ordinal);
        return end < 0 || fullName.Contains('\\', StringComparison.Ordinal) ? new AssemblyName(fullName) : new AssemblyName { Name = fullName[..end] };
    }

    private static InvalidOperationException DifferentBuild(string file) => new(
        $"{file} was replaced while the program runs: its parent runs another build than this child would. Start the program anew.");

    private static unsafe ChildCall ReadCall(ReadOnlySpan<byte> message)
    {
        fixed (byte* start = message)
        {
            var position = start;
            return ValueSerializer.Deserialize<ChildCall>(ref position, start + message.Length);
        }
    }

    private int RunBody(byte[] payload)
    {
        ChildCall call;
        try
        {
            _assignment = Assignment.Read(payload, out var body);
            CurrentProcess.Become(_assignment);
            IdleDirectory.Return();
            call = ReadCall(body);
        }
        catch (Exception exception)
        {
            return Reject(exception);
        }

        _stopper.Grace = _assignment.TerminationGrace;
        _bodyBegins.Set();
        try
        {
            call.Initialize();
        }
        catch (OperationCanceledException) when (CurrentProcess.IsStopping)
        {
            _stopper.ReportStopping();
            return ChildExitCodes.Terminated;
        }
        catch (Exception exception)
        {
            SendException(FrameKind.InitializerFailed, exception);
            return ChildExitCodes.Rejected;
        }

        Send(FrameKind.Started, []);
        using var result = MessageBuffer.Rent();
        try
        {
            call.Run(result);

            // A body may work on a span of shared memory that it captured or was given, which keeps nothing: all that the body has stays until it has ended.
            GC.KeepAlive(call);
        }
        catch (OperationCanceledException) when (CurrentProcess.IsStopping)
        {
            _stopper.ReportStopping();
            return ChildExitCodes.Terminated;
        }
        catch (Exception exception)
        {
            return Fail(exception);
        }

        if (CurrentProcess.IsStopping)
        {
            _stopper.ReportStopping();
        }

        try
        {
            _ = _writer.TrySend(FrameKind.Result, result, Timeout.InfiniteTimeSpan);
        }
        catch (Exception exception)
        {
            // Larger than a frame, or no memory for its pieces. Nothing of it has left: its error is the body's.
            return Fail(exception);
        }

        _stopper.BodyHasEnded();
        HasEndedInOrder = true;
        return Environment.ExitCode;
    }

    private int Fail(Exception exception)
    {
        // To the parent first: standard error may have nobody who reads it.
        SendException(FrameKind.Failed, exception);
        if (!_assignment.ReportsErrors)
        {
            Show(exception);
        }

        return ChildExitCodes.UnhandledException;
    }

    private void Show(Exception exception)
    {
        try
        {
            Console.Error.WriteLine($"Unhandled exception in process '{_assignment.Name}' (pid {Environment.ProcessId}): {ExceptionText.Full(exception)}");
        }
        catch (IOException)
        {
            // Standard error is closed or full. The parent has the exception.
        }
    }

    private int Reject(Exception exception)
    {
        SendException(FrameKind.Rejected, exception);
        return ChildExitCodes.Rejected;
    }

    private void ReportLastException(object exceptionObject)
    {
        if (exceptionObject is Exception exception)
        {
            SendException(FrameKind.Failed, exception);
        }
    }

    private void Send(FrameKind kind, ReadOnlySpan<byte> payload) => _ = _writer.TrySend(kind, payload, Timeout.InfiniteTimeSpan);

    private void SendException(FrameKind kind, Exception exception)
    {
        using var whole = MessageBuffer.Rent();
        try
        {
            ExceptionMessage.Write(whole, exception, FrameWriter.LargestPayload);
            _ = _writer.TrySend(kind, whole, Timeout.InfiniteTimeSpan);
        }
        catch (Exception obstacle) when (whole.Length > 0)
        {
            // No memory: it is not sent in part, because a frame's memory is taken before its header leaves.
            using var text = MessageBuffer.Rent();
            ExceptionMessage.WriteText(text, exception, $"sending it threw {ExceptionText.OneLine(obstacle)}");
            _ = _writer.TrySend(kind, text, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnSignal(PosixSignalContext context, int signal)
    {
        // The runtime calls the handlers of a signal from the last registered to the first, which is this one: those of the body have spoken.
        var isHandled = context.Cancel;
        context.Cancel = true;
        LastResort.Run(EntryPoint.SignalHandler, () => _stopper.Stop(signal, isHandled), _ => Signals.DieBy(signal));
    }

    /// <summary>
    /// Before the first body could come, because each of these takes its time. The thread begins to read when the main thread has read the body.
    /// </summary>
    private void Listen()
    {
        LastResort.OnProcessExit(TellExit);
        AppDomain.CurrentDomain.UnhandledException += (_, arguments) => LastResort.Run(EntryPoint.UnhandledException, arguments.ExceptionObject, ReportLastException);
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, Signals.Terminate)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, Signals.Interrupt)));

        // A child that does not hear its parent any more would outlive it.
        LastResort.NewThread(EntryPoint.ParentListener, "Multiprocessing parent listener", ListenToParent, Die).Start();
    }

    private void TellExit() => _ = _writer.TrySend(FrameKind.Exiting, BitConverter.GetBytes(Environment.ExitCode), PatienceAtExit);

    private void ListenToParent()
    {
        _bodyBegins.Wait();
        while (_reader.TryRead(_control, out var frame))
        {
            if (frame.Kind == FrameKind.Stop)
            {
                _stopper.StopForParent(frame.Payload is [var signal] ? signal : 0);
            }
        }

        OrphanedChild.End();
    }
}
