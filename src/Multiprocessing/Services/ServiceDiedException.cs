namespace Multiprocessing;

/// <summary>
/// The exception that is thrown when a service's process ended during a call, or before it and the service is not started again. Other calls of the
/// service, before and after, are not affected.
/// </summary>
/// <example>
/// <code>
/// await using var service = await ProcessService.StartAsync&lt;ICounter>(() => new Counter(start: 0));
/// try
/// {
///     service.Proxy.Crash();
/// }
/// catch (ServiceDiedException exception)
/// {
///     Console.WriteLine($"{exception.MemberName} in process {exception.ProcessId}: {exception.ExitStatus}");
///     Console.WriteLine(exception.StandardErrorTail);
/// }
///
/// int next = service.Proxy.Next(); // the service was started again
/// </code>
/// </example>
public sealed class ServiceDiedException : ProcessDiedException
{
    /// <summary>Initializes a new instance of the <see cref="ServiceDiedException"/> class.</summary>
    /// <param name="processId">The id of the service's process.</param>
    /// <param name="processName">The name of the service.</param>
    /// <param name="exitStatus">How the process ended.</param>
    /// <param name="standardErrorTail">The end of what the process wrote to standard error.</param>
    /// <param name="memberName">The interface and the member that was called.</param>
    /// <param name="wasInFlight">Whether the process may have run the call.</param>
    /// <exception cref="ArgumentNullException"><paramref name="exitStatus"/> is <see langword="null"/>.</exception>
    public ServiceDiedException(
        int processId, string processName, ExitStatus exitStatus, string standardErrorTail, string memberName, bool wasInFlight)
        : base(
            Describe(processId, processName, Required(exitStatus), standardErrorTail, memberName, wasInFlight),
            processId, processName, exitStatus, standardErrorTail)
    {
        MemberName = memberName;
        WasInFlight = wasInFlight;
    }

    internal ServiceDiedException(
        int processId, string processName, ExitStatus exitStatus, KeptOutput standardError, string memberName, bool wasInFlight)
        : base(
            Describe(processId, processName, exitStatus, standardError.Whole, memberName, wasInFlight), processId, processName, exitStatus,
            standardError)
    {
        MemberName = memberName;
        WasInFlight = wasInFlight;
    }

    /// <summary>Gets the interface and the member that was called.</summary>
    public string MemberName { get; }

    /// <summary>
    /// Gets a value that indicates whether the call was sent to the process, which may have run it, wholly or in part. <see langword="false"/> if
    /// it was
    /// never sent.
    /// </summary>
    public bool WasInFlight { get; }

    private static string Describe(int processId, string name, ExitStatus status, string tail, string member, bool wasInFlight)
    {
        var call = wasInFlight ? $"died during the call of {member}" : $"has ended before the call of {member} was sent";
        var text = $"Service '{name}' (pid {processId}) {call}: {status}.";
        return tail.Length == 0 ? text : $"{text} Its last output on standard error:{Environment.NewLine}{tail.TrimEnd()}";
    }
}
