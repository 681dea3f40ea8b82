using System.Runtime.InteropServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Runs a child from its greeting to its exit code. The main thread reads the greeting and the body, runs the body and reports. A thread of its own
/// listens to the parent: neither a busy body nor a blocked thread pool delays a request to stop, or the detection of the parent's death.
/// </summary>
internal sealed class ChildRuntime
{
    private readonly PipeEnd _control;
    private readonly FrameReader _reader = new();
    private readonly ChildReporter _reporter;
    private readonly ChildStopper _stopper;
    private readonly BodyRunner _runner;
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly OneShotSignal _bodyBegins = new();

    private static ChildRuntime? _current;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="control">The child's end of the control channel.</param>
    public ChildRuntime(PipeEnd control)
    {
        _current = this;
        _control = control;
        var writer = new FrameWriter(control);
        _reporter = new ChildReporter(writer);
        _stopper = new ChildStopper(writer);
        _runner = new BodyRunner(_reporter, _stopper, _bodyBegins);
    }

    /// <inheritdoc cref="BodyRunner.HasEndedInOrder"/>
    public bool HasEndedInOrder => _runner.HasEndedInOrder;

    /// <summary>
    /// Reports the exception to the parent and exits, because this child cannot continue. Does nothing in a process that is not a child: a worker of
    /// a pool may be a thread.
    /// </summary>
    public static void Die(Exception exception)
    {
        if (_current is not { } child)
        {
            return;
        }

        _ = child._reporter.Fail(exception);
        Environment.Exit(ChildExitCodes.UnhandledException);
    }

    /// <summary>Runs the child and returns the exit code.</summary>
    public int Run()
    {
        if (!_reader.TryRead(_control, out var greeting))
        {
            return ChildExitCodes.ParentGone;
        }

        // Before the session registers its own: what runs at the child's end may use queues, locks and shared memory.
        LastResort.OnProcessExit(ChildStartup.End);
        Hello hello;
        try
        {
            hello = Hello.FromBytes(greeting.Payload);
            ChildIdentity.Assume(hello);
        }
        catch (Exception exception)
        {
            return _reporter.Reject(FrameKind.Rejected, exception);
        }

        Listen();
        if (hello.IsSpare)
        {
            SpareWarmUp.Run(); // a spare reports that it is ready after it has read the first hints
            IdleDirectory.Leave();
        }
        else
        {
            _reporter.Send(FrameKind.Ready, hello.Token.ToByteArray());
        }

        return WaitForBody(hello.Token.ToByteArray());
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
            // A hint that cannot be found, compiled or created here, and the hints after it, are skipped. If such a body is sent, it fails for the
            // same reason, and the parent receives the error.
        }
    }

    private int WaitForBody(byte[] token)
    {
        while (_reader.TryRead(_control, out var frame))
        {
            switch (frame.Kind)
            {
                case FrameKind.Prepare:
                    Prepare(frame.Payload);
                    _reporter.Send(FrameKind.Ready, token);
                    break;
                case FrameKind.Start:
                case FrameKind.StartInMemory:
                    return _runner.Run(frame);
                case FrameKind.Stop:
                    _reporter.Send(FrameKind.Stopping, [frame.Payload is [var signal] ? signal : (byte)0]);
                    return ChildExitCodes.Terminated;
            }
        }

        return ChildExitCodes.ParentGone;
    }

    private void ReportLastException(object exceptionObject)
    {
        if (exceptionObject is Exception exception)
        {
            _reporter.SendException(FrameKind.Failed, exception);
        }

        ChildStartup.End(); // the runtime ends the process behind this, without its exit handlers
    }

    private void OnSignal(PosixSignalContext context, int signal)
    {
        // The runtime calls the handlers of a signal from the last registered to the first. This is the first: the handlers of the body have run.
        var isHandled = context.Cancel;
        context.Cancel = true;
        LastResort.Run(EntryPoint.SignalHandler, () => _stopper.Stop(signal, isHandled), _ => Signals.DieBy(signal));
    }

    /// <summary>
    /// Registers the handlers and starts the listener before a body can arrive, because each of these takes time. The listener begins to read when
    /// the main thread has read the body.
    /// </summary>
    private void Listen()
    {
        LastResort.OnProcessExit(_reporter.SendExit);
        LastResort.OnProcessExitAfterOthers(ShortExit.Take);
        AppDomain.CurrentDomain.UnhandledException += (_, arguments) =>
            LastResort.Run(EntryPoint.UnhandledException, arguments.ExceptionObject, ReportLastException);
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, Signals.Terminate)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, Signals.Interrupt)));

        // A child that cannot detect the end of its parent would outlive it.
        LastResort.NewThread(EntryPoint.ParentListener, "Multiprocessing parent listener", ListenToParent, Die).Start();
    }

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
