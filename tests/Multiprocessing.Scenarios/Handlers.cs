using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Multiprocessing.Scenarios;

/// <summary>Children whose bodies have handlers of their own for what asks a process to stop.</summary>
internal static class Handlers
{
    /// <summary>A child with handlers is asked to stop; says how it ended, and what its handlers and its body did.</summary>
    /// <param name="way">Which handler, and how it is asked, with a dash between.</param>
    public static int Run(string way)
    {
        var (handler, request) = way.Split('-') switch { [var first, var second] => (first, second), _ => throw new ArgumentException(way, nameof(way)) };
        using var ready = new ProcessEvent();
        using var child = ChildProcess.Run(
            () =>
            {
                using var stop = new ManualResetEventSlim();
                using var registration = Register(handler, stop);
                ready.Set();
                if (!stop.Wait(TimeSpan.FromSeconds(60)))
                {
                    return "never asked";
                }

                Thread.Sleep(300); // its last work
                _ = CurrentProcess.Stopping.WaitHandle.WaitOne(TimeSpan.FromSeconds(20)); // the library may hear of the request later than the handler
                Report.Line("body", "finished its work");
                return "in order";
            },
            new ChildProcessOptions { TerminationGrace = TimeSpan.FromSeconds(handler == "stubborn" ? 1 : 30) });
        ready.Wait();
        switch (request)
        {
            case "terminate":
                child.Terminate();
                break;
            case "interrupt":
                child.Interrupt();
                break;
            case "signal":
                _ = Platform.Signals.Send(child.Id, Platform.Signals.Terminate);
                break;
        }

        child.Join();
        Report.Line("reason", child.ExitStatus!.Reason);
        try
        {
            Report.Line("result", child.Result.GetAwaiter().GetResult());
        }
        catch (ProcessDiedException)
        {
            Report.Line("result", "none");
        }

        return 0;
    }

    private static IDisposable Register(string handler, ManualResetEventSlim stop)
    {
        switch (handler)
        {
            case "cancel":
                return PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Cancel(context, stop));
            case "two": // one cancels, the other has no opinion
                var first = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Cancel(context, stop));
                _ = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static _ => Report.Line("handler", "second"));
                return first;
            case "look": // sees it and lets it end the process
                return PosixSignalRegistration.Create(PosixSignal.SIGTERM, static _ => Report.Line("handler", "looked"));
            case "key":
                Console.CancelKeyPress += (_, arguments) =>
                {
                    arguments.Cancel = true;
                    Report.Line("handler", "key");
                    stop.Set();
                };
                break;
            case "token":
                var seen = new ManualResetEventSlim();
                _ = CurrentProcess.Stopping.Register(() =>
                {
                    seen.Wait(TimeSpan.FromSeconds(20)); // whichever of both is called first
                    stop.Set();
                });
                return PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
                {
                    Report.Line("handler", "beside the token");
                    context.Cancel = true;
                    seen.Set();
                });
            case "exit":
                AppDomain.CurrentDomain.ProcessExit += static (_, _) => AtExit();
                break;
            case "unloading":
                AssemblyLoadContext.Default.Unloading += static _ => AtExit();
                break;
            case "stubborn": // takes it on itself and does nothing
                return PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context => context.Cancel = true);
        }

        return stop;
    }

    private static void Cancel(PosixSignalContext context, ManualResetEventSlim stop)
    {
        context.Cancel = true;
        Report.Line("handler", "cancel");
        stop.Set();
    }

    private static void AtExit()
    {
        Thread.Sleep(300);
        Report.Line("handler", "at exit");
    }
}
