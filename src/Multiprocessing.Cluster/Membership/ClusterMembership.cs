using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;

namespace Multiprocessing;

/// <summary>Where the members of a cluster find each other.</summary>
/// <example>
/// <code>
/// var stored = Host.CreateApplicationBuilder();
/// stored.AddMultiprocessingNode(options =>
/// {
///     options.Network.Address = IPAddress.Loopback; // over a network: options.Network.UseTls
///     options.Membership.UsePostgres("Host=db;Database=cluster;Username=node;SSL Mode=VerifyFull");
/// });
/// </code>
/// </example>
public sealed class ClusterMembership
{
    private Action<ISiloBuilder, string>? _configure;

    internal ClusterMembership()
    {
    }

    /// <summary>
    /// Gets the statements that create the tables of <see cref="UsePostgres"/>. The first member applies them itself if its user may create tables.
    /// </summary>
    public static string PostgresScript => PostgresSchema.Script;

    /// <summary>Gets a value that indicates whether all members are on this machine.</summary>
    internal bool IsOneMachine { get; private set; }

    /// <summary>Gets the directory of <see cref="UseLocalhost"/>, or <see langword="null"/> for the one of the user.</summary>
    internal string? LocalDirectory { get; private set; }

    /// <summary>
    /// All members are programs of the same user on this machine, which find each other through a file. They listen on the loopback address only,
    /// and recognize each other by a certificate that the first one makes and only this user can read. For development and tests: no server
    /// and no configuration.
    /// </summary>
    /// <param name="directory">
    /// The directory for the files of clusters; <see langword="null"/> for one of the user below the directory for temporary files. It belongs to
    /// this user, and other users cannot write in it; members are refused otherwise.
    /// </param>
    public void UseLocalhost(string? directory = null)
    {
        LocalDirectory = directory;
        Use(isOneMachine: true, (silo, cluster) =>
            silo.Services.AddSingleton<IMembershipTable>(new LocalMembershipTable(LocalMembership.FileOf(directory, cluster))));
    }

    /// <summary>
    /// The members find each other through a table in a PostgreSQL database (9.5 or later), which each of them reads and writes every few seconds.
    /// While the server is down, tasks run on; members cannot join, and dead ones are not declared dead.
    /// </summary>
    /// <param name="connectionString">
    /// The connection string, as Npgsql has it. The user may create tables the first time, or an administrator has applied
    /// <see cref="PostgresScript"/>. Over a network, it asks for TLS: <c>SSL Mode=VerifyFull</c>.
    /// </param>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public void UsePostgres(string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        UseStore(new PostgresAccess(connectionString), silo => silo.UseAdoNetClustering(options =>
        {
            options.Invariant = "Npgsql";
            options.ConnectionString = connectionString;
        }));
    }

    /// <summary>
    /// The members find each other through a key in Redis. The server writes each change to disk (<c>appendonly yes</c>): members that find
    /// themselves missing after its restart end. While it is down, tasks run on; members cannot join, and dead ones are not declared dead.
    /// </summary>
    /// <param name="configuration">The configuration, as StackExchange.Redis has it: <c>server:6379,password=...,ssl=true</c>.</param>
    /// <exception cref="ArgumentException">The configuration cannot be read.</exception>
    public void UseRedis(string configuration)
    {
        ArgumentException.ThrowIfNullOrEmpty(configuration);
        var access = new RedisAccess(configuration);
        UseStore(access, silo => silo.UseRedisClustering(options => options.ConfigurationOptions = access.Options));
    }

    internal void Configure(ISiloBuilder silo, string cluster) =>
        (_configure ?? throw new InvalidOperationException(
            $"The cluster '{cluster}' has no membership: call {nameof(UsePostgres)}, {nameof(UseRedis)} or {nameof(UseLocalhost)} of the option "
            + "Membership, on all members."))(silo, cluster);

    private void UseStore(StoreAccess access, Action<ISiloBuilder> use) => Use(isOneMachine: false, (silo, _) =>
    {
        use(silo);
        StoreMembershipTable.Wrap(silo.Services, access);
    });

    private void Use(bool isOneMachine, Action<ISiloBuilder, string> configure)
    {
        IsOneMachine = isOneMachine;
        _configure = configure;
    }
}
