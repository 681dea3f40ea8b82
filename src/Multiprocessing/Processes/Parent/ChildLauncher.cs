using System.ComponentModel;
using System.Reflection;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Starts the operating system's process for a child and sends it its greeting.</summary>
internal static class ChildLauncher
{
    private const string MaxDepthSwitch = "Multiprocessing.MaxDepth";
    private const int DefaultMaxDepth = 16;

    /// <summary>Starts a child that waits for its body.</summary>
    /// <exception cref="ProcessStartException">The child could not be started. Nothing remains of the attempt.</exception>
    public static ChildLink Launch(string name, ChildProcessOptions options, bool isSpare, IChildListener listener)
    {
        CheckMayStart(name);
        if (options.WorkingDirectory is { } directory && !Directory.Exists(directory))
        {
            throw new ProcessStartException($"Process '{name}' cannot start: its working directory '{directory}' does not exist.");
        }

        var plan = LaunchPlan.Current; // before the session: a program that cannot start children leaves no files
        var session = Session.Current;
        var participant = session.Liveness.Reserve();
        try
        {
            return Launch(name, plan, session, participant, options, isSpare, listener);
        }
        catch (Exception exception)
        {
            session.Liveness.Abandon(participant);
            if (exception is Win32Exception system)
            {
                var number = OperatingSystem.IsWindows() ? "error" : "errno";
                throw new ProcessStartException(
                    $"Process '{name}' cannot start: {system.Message} ({number} {system.NativeErrorCode}, {plan.Executable}).", system);
            }

            throw;
        }
    }

    /// <summary>Watches a launched child from now on.</summary>
    /// <exception cref="ProcessStartException">The child could not be watched, and was ended.</exception>
    public static void Watch(ChildLink link, string name)
    {
        try
        {
            ChildWatcher.Watch(link);
        }
        catch (Exception exception)
        {
            EndUnwatched(link);
            throw new ProcessStartException(
                $"Process '{name}' (pid {link.ProcessId}) was ended at once, because it could not be watched: {exception.Message}", exception);
        }
    }

    /// <summary>Ends a launched child that is not watched. Nothing remains of it.</summary>
    public static void EndUnwatched(ChildLink link)
    {
        link.KillUnwatched();
        Session.Current.Liveness.Abandon(link.Participant, link.ProcessId);
    }

    private static ChildLink Launch(
        string name, LaunchPlan plan, Session session, ParticipantId participant, ChildProcessOptions options, bool isSpare, IChildListener listener)
    {
        var (parentEnd, childEnd) = PipeEnd.CreateChannel();
        (PipeEnd? Read, PipeEnd? Write) output = default;
        (PipeEnd? Read, PipeEnd? Write) error = default;
        ChildLink? link = null;
        var processId = 0;
        try
        {
            output = OpenOutput(options.StandardOutput, mayPassThrough: true);
            error = OpenOutput(options.StandardError, mayPassThrough: false);
            var environment = new ChildEnvironment(options, plan, childEnd.InheritedAs);
            var request = new SpawnRequest
            {
                Path = plan.Executable,
                Arguments = [plan.Executable, .. plan.Arguments],
                Environment = environment.Variables,
                WorkingDirectory = options.WorkingDirectory,
                StandardOutput = output.Write,
                StandardError = error.Write,
                Channel = childEnd,
                Processors = options.ProcessorAffinity,
            };
            processId = ChildStart.Start(request);
            if (options.Nice is { } nice)
            {
                ChildStart.SetNice(processId, nice);
            }

            session.Liveness.Activate(participant, processId);
            parentEnd.SetNonBlocking();
            var token = Guid.NewGuid();
            var outputCapture = Capture(output.Read, options.StandardOutput, new OutputOrigin(name, processId, IsError: false));
            var errorCapture = error.Read is null ? null : new OutputCapture(error.Read);
            link = new ChildLink(processId, participant, token, parentEnd, outputCapture, errorCapture)
            {
                Listener = listener,
                TempDirectory = environment.Variables.GetValueOrDefault("TMPDIR"),
            };
            var hello = Greeting(session, participant, token, isSpare, environment.ToRestore, output.Write is not null, error.Write is not null);
            _ = link.Writer.TrySend(FrameKind.Hello, hello.ToBytes(), options.StartTimeout); // the watcher reports a child that has ended already
            return link;
        }
        catch
        {
            if (processId != 0)
            {
                KillAndReap(processId, parentEnd);
                session.Liveness.Abandon(participant, processId);
            }

            link?.Close();
            parentEnd.Dispose();
            output.Read?.Dispose();
            error.Read?.Dispose();
            throw;
        }
        finally
        {
            childEnd.Dispose();
            output.Write?.Dispose();
            error.Write?.Dispose();
        }
    }

    private static void CheckMayStart(string name)
    {
        if (!CurrentProcess.IsChild && Environment.GetEnvironmentVariable(ControlChannel.Variable) is not null)
        {
            throw new ProcessStartException(
                $"Process '{name}' was not started, because this process is itself a child and the program's Main runs in it: its startup hook is "
                + "disabled "
                + "(StartupHookSupport=false in a trimmed program). Each child would start more children without end. "
                + "Set <StartupHookSupport>true</StartupHookSupport> in the project.")
            {
                IsFinal = true,
            };
        }

        var maxDepth = RuntimeOption.Number(MaxDepthSwitch, DefaultMaxDepth);
        if (CurrentProcess.Depth >= maxDepth)
        {
            throw new ProcessStartException(
                $"Process '{name}' was not started: it would have {CurrentProcess.Depth} ancestors, and at most {maxDepth} are allowed. "
                + $"A body that starts itself causes this. If the tree must be this deep, raise the runtime configuration property {MaxDepthSwitch}.")
            {
                IsFinal = true,
            };
        }
    }

    private static Hello Greeting(
        Session session, ParticipantId participant, Guid token, bool isSpare, Dictionary<string, string?> toRestore, bool readsOutput,
        bool readsError)
    {
        var entry = Assembly.GetEntryAssembly();
        return new Hello
        {
            Token = token,
            LibraryVersion = typeof(ChildLauncher).Module.ModuleVersionId,
            EntryAssembly = entry?.FullName ?? "",
            EntryVersion = entry?.ManifestModule.ModuleVersionId ?? Guid.Empty,
            SessionDirectory = session.Directory,
            Participant = participant,
            Depth = CurrentProcess.Depth + 1,
            ParentId = Environment.ProcessId,
            ParentName = CurrentProcess.Name,
            IsSpare = isSpare,
            OutputIsRead = readsOutput || CurrentProcess.OutputIsRead, // otherwise the child inherits ours
            ErrorIsRead = readsError || CurrentProcess.ErrorIsRead,
            EnvironmentToRestore = toRestore,
        };
    }

    private static (PipeEnd? Read, PipeEnd? Write) OpenOutput(ProcessOutput output, bool mayPassThrough)
    {
        if (mayPassThrough && output == ProcessOutput.Inherit)
        {
            return (null, null);
        }

        var (read, write) = PipeEnd.CreateOneWay();
        return (read, write);
    }

    private static OutputCapture? Capture(PipeEnd? source, ProcessOutput output, OutputOrigin origin)
    {
        if (source is null)
        {
            return null;
        }

        var capture = new OutputCapture(source);
        capture.PassOn(output, origin, MultiprocessingLogging.OutputCallbackFailed);
        return capture;
    }

    private static void KillAndReap(int processId, PipeEnd channel)
    {
        var startTime = ProcessIdentity.StartTimeOf(processId);
        if (!Signals.Send(processId, Signals.Kill))
        {
            channel.EndWriting(); // a sandbox refused the signal; a child exits when its control channel ends
        }

        while (!ChildWait.TryReap(processId, out _))
        {
            Thread.Yield(); // the kernel needs microseconds
        }

        DiagnosticFiles.Delete(processId, startTime);
    }
}
