namespace Multiprocessing;

/// <summary>Options of a node (<see cref="MultiprocessingNodeExtensions"/>).</summary>
/// <example>
/// <code>
/// var node = Host.CreateApplicationBuilder();
/// node.AddMultiprocessingNode(options =>
/// {
///     options.Cluster = "images";
///     options.Workers = 16;
///     options.Tags.Add("gpu");
///     options.Membership.UseLocalhost();
/// });
/// </code>
/// </example>
public sealed class MultiprocessingNodeOptions
{
    /// <summary>Gets or sets the name of the cluster. The default value is <c>multiprocessing</c>.</summary>
    public string Cluster { get; set; } = "multiprocessing";

    /// <summary>Gets or sets the name of the node in errors. The default value is the machine's name with the process id.</summary>
    public string Name { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Gets or sets the maximum number of worker processes. The default value is the number of processors.</summary>
    public int Workers { get; set; } = Environment.ProcessorCount;

    /// <summary>Gets the tags, by which callers select nodes (<see cref="ClusterPoolOptions.RequireTag"/>).</summary>
    public ISet<string> Tags { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// Gets or sets the further options of the node's pool, such as an initializer or a limit of a worker's memory. The node sets the name and the
    /// number of workers, and the workers' <see cref="ChildProcessOptions.Nice"/> to 5 if it is not set, so that a full pool does not starve the
    /// member's heart-beat. The default value is <see langword="null"/>: the pool's defaults.
    /// </summary>
    public ProcessPoolOptions? Pool { get; set; }

    /// <summary>
    /// Gets or sets the time that tasks have to end when the host stops. The default value is 10 seconds. What has not ended by then is killed, and
    /// is tried elsewhere if its attempts allow it. The host's own <c>ShutdownTimeout</c> must be longer.
    /// </summary>
    public TimeSpan LeaveGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets where the members of the cluster find each other.</summary>
    public ClusterMembership Membership { get; } = new();

    /// <summary>Gets where the member listens for the others, and by which certificates members recognize each other.</summary>
    public ClusterNetwork Network { get; } = new();

    /// <summary>Gets how the members detect that another one is down.</summary>
    public ClusterDetection Detection { get; } = new();

    internal MemberSetting Member => new(Cluster, Name, MemberKind.Node, Membership, Network, Detection);

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Cluster);
        ArgumentException.ThrowIfNullOrEmpty(Name);
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LeaveGrace, TimeSpan.Zero);
        Network.Validate();
        Detection.Validate();
    }

    internal ProcessPoolOptions ToPoolOptions()
    {
        var pool = Pool ?? new ProcessPoolOptions();
        pool.Name = Name;
        pool.Workers = Workers;
        pool.MaxAttempts = 1; // the caller counts the attempts, on all nodes together
        pool.Process ??= new ChildProcessOptions();
        pool.Process.Nice ??= 5;
        return pool;
    }
}
