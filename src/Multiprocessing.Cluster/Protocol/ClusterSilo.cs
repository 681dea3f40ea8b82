using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Multiprocessing;

/// <summary>What nodes and callers have in common: a silo with one peer.</summary>
internal static class ClusterSilo
{
    private const string NodePrefix = "node:";
    private const string CallerPrefix = "caller:";
    private const string WatcherPrefix = "watcher:";

    /// <summary>A message that was lost with its connection is sent again after this time.</summary>
    private static readonly TimeSpan ResponseLimit = TimeSpan.FromSeconds(5);

    /// <summary>Builds the host of a member that has one of its own: a caller, or a watcher.</summary>
    /// <param name="member">The member.</param>
    /// <param name="part">What the other members call.</param>
    /// <param name="loggers">What the host logs to, or <see langword="null"/>.</param>
    public static IHost Build<TPart>(MemberSetting member, TPart part, ILoggerFactory? loggers)
        where TPart : class, IPeerHandler, IFencedPart
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        if (loggers is not null)
        {
            builder.Services.AddSingleton(loggers);
        }

        builder.Services.AddSingleton<IPeerHandler>(part);
        builder.Services.AddSingleton<IFencedPart>(part);
        builder.UseOrleans(silo => Configure(silo, member));
        return builder.Build();
    }

    /// <summary>Makes a silo of a host the member.</summary>
    public static void Configure(ISiloBuilder silo, MemberSetting member)
    {
        silo.Configure<ClusterOptions>(options =>
        {
            options.ClusterId = member.Cluster;
            options.ServiceId = member.Cluster;
        });
        silo.Configure<SiloOptions>(options => options.SiloName = PrefixOf(member.Kind) + member.Name);
        silo.Configure<ClusterMembershipOptions>(member.Detection.Apply);
        silo.Configure<SiloMessagingOptions>(options =>
        {
            options.ResponseTimeout = ResponseLimit;
            options.SystemResponseTimeout = ResponseLimit;
            options.MaxMessageBodySize = Frames.MaxMessage;
        });
        member.Membership.Configure(silo, member.Cluster);
        MemberEndpoint.Configure(silo, member.Network, member.Membership);
        silo.AddGrainService<ClusterPeer>();
        silo.Services.AddSingleton<IClusterPeers, ClusterPeers>();
        silo.Services.AddSingleton<IFatalErrorHandler, Fencing>();
    }

    /// <summary>Returns the name of a node, or <see langword="null"/> if the member is none.</summary>
    public static string? NodeName(ClusterMember member) => NameOf(member, NodePrefix);

    /// <summary>Returns the name of a caller, or <see langword="null"/> if the member is none.</summary>
    public static string? CallerName(ClusterMember member) => NameOf(member, CallerPrefix);

    private static string? NameOf(ClusterMember member, string prefix) =>
        member.Name.StartsWith(prefix, StringComparison.Ordinal) ? member.Name[prefix.Length..] : null;

    private static string PrefixOf(MemberKind kind) => kind switch
    {
        MemberKind.Node => NodePrefix,
        MemberKind.Caller => CallerPrefix,
        _ => WatcherPrefix,
    };
}

/// <summary>What a member is for.</summary>
internal enum MemberKind
{
    Node,
    Caller,
    Watcher,
}

/// <summary>What the options of all members have in common.</summary>
internal sealed record MemberSetting(
    string Cluster, string Name, MemberKind Kind, ClusterMembership Membership, ClusterNetwork Network, ClusterDetection Detection);

/// <summary>
/// A member that was declared dead, because the others could not reach it, ends its part: its tasks run elsewhere by then. The default of Orleans
/// would end the whole process.
/// </summary>
internal sealed class Fencing(IServiceProvider services) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => exception is not OperationCanceledException;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        // The others cannot reach a member whose certificate they refuse; if it refuses theirs as well, it knows why.
        var refusal = services.GetRequiredService<ConnectionRefusals>().Last is { } last ? $" {last}" : "";
        services.GetRequiredService<IFencedPart>().OnFenced(new ClusterException($"This member has left the cluster: {context}{refusal}", exception));
    }
}

/// <summary>Ends what a member runs when it was declared dead.</summary>
internal interface IFencedPart
{
    void OnFenced(Exception reason);
}
