namespace Multiprocessing;

/// <summary>
/// What a supervisor starts, watches and stops: a process with a body, a service, a pool, another supervisor. It has one life at a time, and the
/// supervisor begins the next one only after the end of the last one. Members are called by the supervisor only, one start at a time.
/// </summary>
internal interface ISupervisedChild
{
    /// <summary>Gets what the tree says about the kind of child: "process", "pool", "service IOcr".</summary>
    string Kind { get; }

    /// <summary>Gets the process id of the current life; <see langword="null"/> if it has not one process.</summary>
    int? ProcessId { get; }

    /// <summary>Gets a task that completes when the current life has ended and nothing of it runs any more. It never fails.</summary>
    Task<ChildEnd> Ended { get; }

    /// <summary>
    /// Begins a life. Returns when it runs. If it throws, nothing of that life runs any more, and <see cref="Ended"/> is not read.
    /// </summary>
    /// <param name="cancellationToken">The supervisor stops: ends the start at once, by killing what was started.</param>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Asks the current life to end, and kills it after the grace. It may have ended already.</summary>
    /// <returns>A task that completes when it has ended.</returns>
    Task StopAsync(TimeSpan grace);

    /// <summary>Kills the current life at once, and does not wait. It may have ended already.</summary>
    void Kill();

    /// <summary>
    /// No life follows, unless the supervisor starts one all the same: releases what is kept from one life to the next. May be called several times.
    /// </summary>
    void Release();
}

/// <summary>How a life of a supervised child ended.</summary>
/// <param name="Failure">The death or the exception; <see langword="null"/> if it ended normally.</param>
/// <param name="ProcessId">The process that ended; 0 if there is not one.</param>
internal readonly record struct ChildEnd(Exception? Failure, int ProcessId = 0)
{
    /// <summary>Gets the end in a few words, for the tree and for log records.</summary>
    public string Text => Failure switch
    {
        null => "ended normally",
        ProcessDiedException death => death.ExitStatus.ToString(),
        SupervisorEscalatedException escalated => $"gave up because of '{escalated.ChildName}'",
        var other => $"{other.GetType().Name}: {FirstLine(ExceptionText.Message(other)).TrimEnd('.')}",
    };

    private static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;
}
