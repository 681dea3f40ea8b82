using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Creates the exceptions that describe the end of a child. Reading an exception of the child runs code of its type.</summary>
internal sealed class ChildErrors(ChildProcess child, ChildReports reports)
{
    /// <summary>Returns what the exit status reports as its error, or <see langword="null"/> if there is none.</summary>
    public Exception? ErrorOf(int processId, ExitReason reason, string tail, WaitStatus status, bool startTimedOut) => reason switch
    {
        ExitReason.UnhandledException => Read(reports.Failure!),
        ExitReason.Crashed or ExitReason.StackOverflow or ExitReason.FailFast when tail.Length > 0 => new ProcessCrashedException(tail.TrimEnd()),
        ExitReason.StartFailed => StartFailure(processId, tail, status, startTimedOut),
        _ => null,
    };

    /// <summary>
    /// Returns what <see cref="ChildProcess.Completion"/> fails with, or <see langword="null"/> for a body that ran to its end. If the process
    /// crashed after that, its result stays valid and <see cref="ChildProcess.Completion"/> reports the crash.
    /// </summary>
    public Exception? FailureOf(int processId, ExitStatus status, KeptOutput output, bool isLost) => status switch
    {
        { Reason: ExitReason.UnhandledException or ExitReason.StartFailed, Error: { } error } => error,
        { Reason: ExitReason.Crashed or ExitReason.StackOverflow or ExitReason.FailFast or ExitReason.Killed or ExitReason.Signaled }
            when reports.Result is not null => ProcessDiedException.AfterBody(processId, child.Name, status, output),
        _ when !isLost && reports.Result is not null => null,
        _ => new ProcessDiedException(processId, child.Name, status, output),
    };

    private static unsafe Exception Read(byte[] payload)
    {
        fixed (byte* start = payload)
        {
            var position = start;
            return ExceptionMessage.Read(ref position, start + payload.Length);
        }
    }

    private ProcessStartException StartFailure(int processId, string tail, WaitStatus status, bool startTimedOut)
    {
        var inner = reports.Rejection is { } payload ? Read(payload) : null;
        var how = (startTimedOut, inner, status) switch
        {
            (true, _, _) => $"it did not reach its body within {child.Options.StartTimeout.TotalSeconds:0.###} s and was killed",
            (_, { }, _) when reports.InitializerFailed => InitializerFailure(inner),
            (_, { }, _) => $"it could not read its body: {ExceptionText.Message(inner)}",
            (_, _, { Signal: { } signal }) => $"signal {signal} ended it before it reached its body",
            _ => $"it exited with code {status.Code} before it reached its body",
        };
        var output = tail.Length == 0 ? "" : $" Its last output on standard error:{Environment.NewLine}{tail.TrimEnd()}";
        return new ProcessStartException($"Process '{child.Name}' (pid {processId}) did not start: {how}.{output}", inner);
    }

    private string InitializerFailure(Exception error)
    {
        var type = error is RemoteException remote ? remote.TypeName : error.GetType().ToString();
        var message = error is RemoteException { RemoteMessage: var text } ? text : ExceptionText.Message(error);
        const string startup = $"code of {nameof(ChildStartup)}.{nameof(ChildStartup.Add)}";
        var source = child.Options.Initializer?.Method is not { } method
            ? startup
            : $"its initializer ({nameof(ChildProcessOptions)}.{nameof(ChildProcessOptions.Initializer)}, "
                + $"{method.DeclaringType?.Name}.{method.Name})" + (ChildStartup.HasCode ? $", or {startup}," : "");
        return $"{source} threw {type}: {message}";
    }
}
