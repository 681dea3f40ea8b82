using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Starts the operating system's process for a child and greets it.</summary>
internal static class ChildLauncher
{
    /// <summary>The number of the inherited control socket. Present in the environment only until the child has read its greeting.</summary>
    public const string ControlVariable = "MULTIPROCESSING_CONTROL";

    private const string StartupHooksVariable = "DOTNET_STARTUP_HOOKS";
    private const string MaxDepthSwitch = "Multiprocessing.MaxDepth";
    private const int DefaultMaxDepth = 16;

    /// <summary>Starts a child that waits for its body.</summary>
    /// <exception cref="ProcessStartException">It could not be started; nothing is left of the attempt.</exception>
    public static ChildLink Launch(string name, ChildProcessOptions options, bool isSpare, IChildListener listener)
    {
        CheckMayStart(name);
        if (options.WorkingDirectory is { } directory && !Directory.Exists(directory))
        {
            throw new ProcessStartException($"Process '{name}' cannot start: its working directory '{directory}' does not exist.");
        }

        var plan = LaunchPlan.Current; // before the session begins: a program that cannot start children leaves no files
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
                throw new ProcessStartException($"Process '{name}' cannot start: {system.Message} (errno {system.NativeErrorCode}, {plan.Executable}).", system);
            }

            throw;
        }
    }

    /// <summary>Listens to a launched child from now on.</summary>
    /// <exception cref="ProcessStartException">That was not possible; the child was ended.</exception>
    public static void Watch(ChildLink link, string name)
    {
        try
        {
            ChildWatcher.Watch(link);
        }
        catch (Exception exception)
        {
            EndUnwatched(link);
            throw new ProcessStartException($"Process '{name}' (pid {link.ProcessId}) was ended at once, because its end could not be watched for: {exception.Message}", exception);
        }
    }

    /// <summary>Ends a launched child that will never be listened to; nothing is left of it.</summary>
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
            var environment = ChildEnvironment(options, plan, childEnd.InheritedAs, out var toRestore);
            var request = new SpawnRequest
            {
                Path = plan.Executable,
                Arguments = [plan.Executable, .. plan.Arguments],
                Environment = environment,
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
            link = new ChildLink(processId, participant, token, parentEnd, Capture(output.Read, options.StandardOutput, new OutputOrigin(name, processId, IsError: false)), error.Read is null ? null : new OutputCapture(error.Read))
            {
                Listener = listener,
            };
            var hello = Greeting(session, participant, token, isSpare, toRestore, output.Write is not null, error.Write is not null);
            _ = link.Writer.TrySend(FrameKind.Hello, hello.ToBytes(), options.StartTimeout); // a child that is gone already is the watcher's to report
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
        if (!CurrentProcess.IsChild && Environment.GetEnvironmentVariable(ControlVariable) is not null)
        {
            throw new ProcessStartException(
                $"Process '{name}' is not started, because this process is a child itself in which the program's Main ran: its startup hook was disabled "
                + "(StartupHookSupport=false in a trimmed program). Each child would start children without end. Set <StartupHookSupport>true</StartupHookSupport> in the project.")
            {
                IsFinal = true,
            };
        }

        var most = RuntimeOption.Number(MaxDepthSwitch, DefaultMaxDepth);
        if (CurrentProcess.Depth >= most)
        {
            throw new ProcessStartException(
                $"Process '{name}' is not started: {CurrentProcess.Depth} processes stand above it already, at most {most} may. "
                + $"A body that starts itself does this; if so deep a tree is meant, raise the runtime configuration property {MaxDepthSwitch}.")
            {
                IsFinal = true,
            };
        }
    }

    private static Hello Greeting(Session session, ParticipantId participant, Guid token, bool isSpare, Dictionary<string, string?> toRestore, bool readsOutput, bool readsError)
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
            OutputIsRead = readsOutput || CurrentProcess.OutputIsRead, // else it has ours
            ErrorIsRead = readsError || CurrentProcess.ErrorIsRead,
            EnvironmentToRestore = toRestore,
        };
    }

    /// <summary>The child's environment: this process's, the caller's changes, and what only the runtime's start needs; the child takes the last away again.</summary>
    private static Dictionary<string, string> ChildEnvironment(
        ChildProcessOptions options, LaunchPlan plan, string control, out Dictionary<string, string?> toRestore)
    {
        var environment = new Dictionary<string, string>(EnvironmentNames.Comparer);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string)variable.Value!;
        }

        foreach (var (name, value) in options.Environment)
        {
            if (value is null)
            {
                environment.Remove(name);
            }
            else
            {
                environment[name] = value;
            }
        }

        var forStart = new Dictionary<string, string>
        {
            [ControlVariable] = control,
            ["DOTNET_gcServer"] = options.ServerGarbageCollection ? "1" : "0",
            ["DOTNET_gcConcurrent"] = "0",
        };
        if (options.HeapLimit is { } limit)
        {
            forStart["DOTNET_GCHeapHardLimit"] = limit.ToString("x", CultureInfo.InvariantCulture);
        }

        if (plan.StartupHook is { } hook)
        {
            // Ours does not return, so it goes behind those that the user set.
            forStart[StartupHooksVariable] = environment.GetValueOrDefault(StartupHooksVariable) is { Length: > 0 } others ? others + Path.PathSeparator + hook : hook;
        }

        if (Means.IsPortableForced)
        {
            environment[Means.ForceVariable] = "1";
        }

        toRestore = [];
        foreach (var (name, value) in forStart)
        {
            toRestore[name] = environment.GetValueOrDefault(name);
            environment[name] = value;
        }

        foreach (var (name, value) in ChildTracing.Changes(environment, options.Environment.Keys).ToList())
        {
            toRestore[name] = environment.GetValueOrDefault(name);
            if (value is null)
            {
                environment.Remove(name);
            }
            else
            {
                environment[name] = value;
            }
        }

        return environment;
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
            channel.EndWriting(); // a sandbox refuses it; a child whose parent is silent for good ends itself
        }

        while (!ChildWait.TryReap(processId, out _))
        {
            Thread.Yield(); // the kernel needs microseconds for it
        }

        DiagnosticFiles.Delete(processId, startTime);
    }
}
