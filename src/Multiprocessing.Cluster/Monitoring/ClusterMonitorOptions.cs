using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>Options of a <see cref="ClusterMonitor"/>.</summary>
/// <example>
/// <code>
/// await using var monitor = await ClusterMonitor.ConnectAsync(options =>
/// {
///     options.Cluster = "images";
///     options.ConnectTimeout = TimeSpan.FromSeconds(60);
///     options.Membership.UseLocalhost();
/// });
/// </code>
/// </example>
public sealed class ClusterMonitorOptions
{
    internal ClusterMonitorOptions()
    {
    }

    /// <summary>Gets or sets the name of the cluster. The default value is <c>multiprocessing</c>.</summary>
    public string Cluster { get; set; } = "multiprocessing";

    /// <summary>Gets or sets the name of the member. The default value is the machine's name with the process id.</summary>
    public string Name { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>
    /// Gets or sets the time that <see cref="ClusterMonitor.ConnectAsync"/> has to join the cluster. The default value is 30 seconds.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets where the member logs. The default value is <see langword="null"/>: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Gets where the members of the cluster find each other.</summary>
    public ClusterMembership Membership { get; } = new();

    /// <summary>Gets where the member listens for the others, and by which certificates members recognize each other.</summary>
    public ClusterNetwork Network { get; } = new();

    /// <summary>Gets how the members detect that another one is down.</summary>
    public ClusterDetection Detection { get; } = new();

    internal MemberSetting Member => new(Cluster, Name, MemberKind.Watcher, Membership, Network, Detection);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Cluster);
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        Network.Validate();
        Detection.Validate();
    }
}
