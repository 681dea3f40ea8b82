namespace Multiprocessing;

/// <summary>
/// Something with processes that the host starts and stops. What serves others is stopped after them: pools first, whose tasks may call services;
/// then services; supervisors last.
/// </summary>
internal abstract class HostedPart
{
    public abstract StopOrder Order { get; }

    /// <summary>Starts it, and waits until it works.</summary>
    public abstract Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Lets it finish its work, until the token is cancelled; then it is killed.</summary>
    public abstract Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>The order of the stops.</summary>
internal enum StopOrder
{
    Pools,
    Services,
    Supervisors,
}
