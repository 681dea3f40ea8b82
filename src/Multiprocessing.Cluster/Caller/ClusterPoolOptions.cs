using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>Options of a <see cref="ClusterPool"/>.</summary>
/// <example>
/// <code>
/// await using IProcessPool pool = await ClusterPool.ConnectAsync(options =>
/// {
///     options.Cluster = "images";
///     options.MaxAttempts = 3;
///     options.ConnectTimeout = TimeSpan.FromSeconds(60);
///     options.Membership.UseLocalhost();
/// });
/// </code>
/// </example>
public sealed class ClusterPoolOptions
{
    private const long MinBytesInFlight = 64 << 10;

    private readonly HashSet<string> _tags = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the name of the cluster. The default value is <c>multiprocessing</c>.</summary>
    public string Cluster { get; set; } = "multiprocessing";

    /// <summary>Gets or sets the name of the pool. The default value is the machine's name with the process id.</summary>
    public string Name { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>
    /// Gets or sets the maximum number of times a task is given to a node, including retries after a worker or a node died. The default value is 1:
    /// at most once. With more, a task may run more than once (at least once), but its caller gets one reply.
    /// </summary>
    public int MaxAttempts { get; set; } = 1;

    /// <summary>Gets or sets the time limit of a task. The default value is <see langword="null"/>: none.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// Gets or sets the maximum number of bytes of large arguments that are on the way to the nodes at once, all nodes together. Arguments above 256
    /// KiB cross in chunks of at most 1 MiB, and a chunk is on the way until its node has it; at most 8 MiB are on the way to one node, and less
    /// while the network is slow. The default value is 64 MiB. It is 64 KiB at least. It does not limit the size of arguments.
    /// </summary>
    public long MaxBytesInFlight { get; set; } = 64 << 20;

    /// <summary>
    /// Gets or sets the time that <see cref="ClusterPool.ConnectAsync"/> waits for the first node. The default value is 30 seconds.
    /// </summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets where the pool and its member of the cluster log. The default value is <see langword="null"/>: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Gets where the members of the cluster find each other.</summary>
    public ClusterMembership Membership { get; } = new();

    /// <summary>Gets where the member listens for the others, and by which certificates members recognize each other.</summary>
    public ClusterNetwork Network { get; } = new();

    /// <summary>Gets how the members detect that another one is down.</summary>
    public ClusterDetection Detection { get; } = new();

    internal IReadOnlySet<string> Tags => _tags;

    internal MemberSetting Member => new(Cluster, Name, MemberKind.Caller, Membership, Network, Detection);

    /// <summary>Gets or sets another build, for tests.</summary>
    internal string Build { get; set; } = ClusterBuild.Hash;

    /// <summary>Uses only nodes that have this tag (<see cref="MultiprocessingNodeOptions.Tags"/>). Several calls require all their tags.</summary>
    /// <param name="tag">The tag.</param>
    public void RequireTag(string tag)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        _tags.Add(tag);
    }

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Cluster);
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAttempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxBytesInFlight, MinBytesInFlight, nameof(MaxBytesInFlight));
        if (Timeout is { } limit)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(Timeout));
        }

        Network.Validate();
        Detection.Validate();
    }
}
