namespace Multiprocessing;

/// <summary>The names of the attributes of metrics and spans. Those without the prefix of the library are OpenTelemetry's conventions.</summary>
internal static class TelemetryTags
{
    public const string ErrorType = "error.type";
    public const string ProcessId = "process.pid";
    public const string MessagingSystem = "messaging.system";
    public const string MessagingOperation = "messaging.operation.name";
    public const string MessagingOperationType = "messaging.operation.type";
    public const string MessagingDestination = "messaging.destination.name";
    public const string RpcSystem = "rpc.system.name";
    public const string RpcMethod = "rpc.method";
    public const string ExitReason = "multiprocessing.exit.reason";
    public const string WaitsFor = "multiprocessing.queue.waits_for";
    public const string LockKind = "multiprocessing.lock.kind";
    public const string Pool = "multiprocessing.pool.name";
    public const string Task = "multiprocessing.task.name";
    public const string TaskAttempt = "multiprocessing.task.attempt";
    public const string TaskOutcome = "multiprocessing.task.outcome";
    public const string Worker = "multiprocessing.worker.number";
    public const string WorkerState = "multiprocessing.worker.state";
    public const string Direction = "multiprocessing.io.direction";
    public const string Service = "multiprocessing.service.name";
    public const string CallOutcome = "multiprocessing.call.outcome";
    public const string Supervisor = "multiprocessing.supervisor";
    public const string Child = "multiprocessing.child";

    /// <summary>The value of <see cref="MessagingSystem"/> and <see cref="RpcSystem"/>.</summary>
    public const string System = "multiprocessing";

    /// <summary>Returns an enumeration's value in the style of the attributes: <c>UnhandledException</c> is <c>unhandled_exception</c>.</summary>
    public static string Value<T>(T value)
        where T : struct, Enum => Names<T>.Of(value);

    private static class Names<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<T, string> Known = Enum.GetValues<T>().Distinct().ToDictionary(static value => value, Snake);

        public static string Of(T value) => Known.TryGetValue(value, out var name) ? name : "unknown";

        private static string Snake(T value) => string.Concat(value.ToString().Select(
            static (letter, index) => char.IsUpper(letter) && index > 0 ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
    }
}
