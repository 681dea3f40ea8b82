using Orleans.Configuration;

namespace Multiprocessing;

/// <summary>
/// How the members of a cluster detect that another one is down. Shorter times find a failure earlier; on a machine that is loaded for longer than
/// the times allow, a member that lives is declared dead, and ends itself. All members of a cluster have the same values.
/// </summary>
/// <example>
/// <code>
/// var quick = Host.CreateApplicationBuilder();
/// quick.AddMultiprocessingNode(options =>
/// {
///     options.Membership.UseLocalhost();
///     options.Detection.ProbeInterval = TimeSpan.FromSeconds(0.5);
///     options.Detection.MissedProbes = 2;
/// });
/// </code>
/// </example>
public sealed class ClusterDetection
{
    private const double SilentIntervals = 2.5;

    internal ClusterDetection()
    {
    }

    /// <summary>Gets or sets the interval of the probes that members send to each other. The default value is 0.6 seconds.</summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(0.6);

    /// <summary>Gets or sets the number of probes without an answer after which a member is suspected. The default value is 3.</summary>
    public int MissedProbes { get; set; } = 3;

    /// <summary>
    /// Gets or sets the number of members that must suspect a member before it is declared dead, or all others if they are fewer. The default value
    /// is 2.
    /// </summary>
    public int Votes { get; set; } = 2;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ProbeInterval, TimeSpan.FromMilliseconds(50), nameof(ProbeInterval));
        ArgumentOutOfRangeException.ThrowIfLessThan(MissedProbes, 1, nameof(MissedProbes));
        ArgumentOutOfRangeException.ThrowIfLessThan(Votes, 1, nameof(Votes));
    }

    internal void Apply(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = ProbeInterval;

        // The engine counts a member as alive as long as a message of it is not older than MissedProbes times this, by default 4.5 s. So the interval
        // decides how soon a killed member is found, whose connections are closed and whose probes fail at once; and this decides how long a member
        // may be silent on a busy machine. It is also how far a member that finds itself slow extends its probes.
        options.MaxProbeTimeout = SilentIntervals * ProbeInterval;
        options.NumMissedProbesLimit = MissedProbes;
        options.NumVotesForDeathDeclaration = Votes;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
    }
}
