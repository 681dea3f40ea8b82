namespace Multiprocessing.ClusterTests;

/// <summary>Where the members of a test's cluster find each other, and by which certificates. A record of values: it crosses to the nodes.</summary>
/// <param name="Folder">The directory of the membership file.</param>
/// <param name="Certificates">The directory of the members' certificates (<see cref="TestAuthority"/>), or <see langword="null"/>.</param>
internal sealed record ClusterPlan(string Folder, string? Certificates = null)
{
    public void Apply(ClusterMembership membership, ClusterNetwork network)
    {
        membership.UseLocalhost(Folder);
        if (Certificates is not null)
        {
            TestAuthority.Use(network, Certificates);
        }
    }
}
