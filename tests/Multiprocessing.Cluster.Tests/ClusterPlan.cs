using System.Net;

namespace Multiprocessing.ClusterTests;

/// <summary>Where the members of a test's cluster find each other, and by which certificates. A record of values: it crosses to the nodes.</summary>
/// <param name="Folder">The directory of the membership file.</param>
/// <param name="Certificates">The directory of the members' certificates (<see cref="TestAuthority"/>), or <see langword="null"/>.</param>
/// <param name="Store">The kind of the store: <c>postgres</c> or <c>redis</c>; <see langword="null"/> for the file.</param>
/// <param name="Connection">The connection string of the store.</param>
/// <param name="HasDefaultDetection">
/// The members detect as they do by default. In other tests they wait twice as long: beside other tests a process may stand still for seconds, and a
/// member that lives would be declared dead.
/// </param>
internal sealed record ClusterPlan(
    string Folder, string? Certificates = null, string? Store = null, string Connection = "", bool HasDefaultDetection = false)
{
    /// <summary>Of all members of a test's cluster, unless it tests the default: twice as many as that.</summary>
    public const int PatientMissedProbes = 6;

    public void Apply(ClusterMembership membership, ClusterNetwork network, ClusterDetection detection)
    {
        if (!HasDefaultDetection)
        {
            detection.MissedProbes = PatientMissedProbes;
        }

        switch (Store)
        {
            case "postgres":
                membership.UsePostgres(Connection);
                break;
            case "redis":
                membership.UseRedis(Connection);
                break;
            default:
                membership.UseLocalhost(Folder);
                break;
        }

        if (Certificates is not null)
        {
            TestAuthority.Use(network, Certificates);
        }
        else
        {
            network.Address = IPAddress.Loopback;
        }
    }
}
