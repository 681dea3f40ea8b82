using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;

namespace Multiprocessing;

/// <summary>Where the members of a cluster find each other.</summary>
/// <example>
/// <code>
/// builder.AddMultiprocessingNode(options =>
/// {
///     options.Cluster = "images";
///     options.Membership.UseLocalhost(); // all members are on this machine
/// });
/// </code>
/// </example>
public sealed class ClusterMembership
{
    private Action<ISiloBuilder, string>? _configure;

    internal ClusterMembership()
    {
    }

    /// <summary>Gets a value that indicates whether all members are on this machine.</summary>
    internal bool IsOneMachine { get; private set; }

    /// <summary>
    /// All members are programs of the same user on this machine, which find each other through a file. They listen on the loopback address only. For
    /// development and tests: no server and no configuration.
    /// </summary>
    /// <param name="directory">
    /// The directory for the files of clusters; <see langword="null"/> for one of the user below the directory for temporary files.
    /// </param>
    public void UseLocalhost(string? directory = null) => Use(isOneMachine: true, (silo, cluster) =>
        silo.Services.AddSingleton<IMembershipTable>(new LocalMembershipTable(LocalMembership.FileOf(directory, cluster))));

    internal void Configure(ISiloBuilder silo, string cluster) =>
        (_configure ?? throw new InvalidOperationException(
            $"The cluster '{cluster}' has no membership: call {nameof(UseLocalhost)} of the option Membership, on all members."))(silo, cluster);

    private void Use(bool isOneMachine, Action<ISiloBuilder, string> configure)
    {
        IsOneMachine = isOneMachine;
        _configure = configure;
    }
}
