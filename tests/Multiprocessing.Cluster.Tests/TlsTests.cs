using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Members with certificates: which ones belong to the cluster, and which are refused.</summary>
public class TlsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>An address that is not loopback: other machines could connect to it.</summary>
    private static readonly IPAddress Elsewhere = IPAddress.Parse("192.0.2.1");

    [Fact]
    public async Task Members_with_certificates_of_the_authority_run_tasks_in_other_processes()
    {
        using var authority = new TestAuthority("cluster");
        using var member = authority.Issue("member");
        await using var cluster = new TestCluster(plan => plan with { Certificates = authority.Write(Path.Combine(plan.Folder, "tls"), member) });
        cluster.StartProcess("one");
        await cluster.StartNodeAsync("two");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 2);
        (await pool.MapAsync(Enumerable.Range(0, 200), static item => item * 2, cancellationToken: Token))
            .ShouldBe(Enumerable.Range(0, 200).Select(static item => item * 2));
        (await pool.RunAsync(static bytes => bytes.Length, new byte[10 << 20], cancellationToken: Token)).ShouldBe(10 << 20);
    }

    [Fact]
    public async Task A_member_with_the_certificate_of_another_authority_is_refused_and_the_cluster_works_on()
    {
        using var authority = new TestAuthority("cluster");
        using var other = new TestAuthority("other");
        using var member = authority.Issue("member");
        using var stranger = other.Issue("stranger");
        await using var cluster = new TestCluster(plan => plan with { Certificates = authority.Write(Path.Combine(plan.Folder, "tls"), member) });
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);

        // It trusts nothing of the cluster, so it refuses the others itself; the error has the reason.
        var error = await Should.ThrowAsync<ClusterException>(
            () => cluster.ConnectAsync(options => options.Network.UseTls(stranger, other.Certificate)));
        error.Message.ShouldContain("CN=member");
        error.Message.ShouldContain("CN=other");

        // It trusts the cluster, which does not trust it.
        await Should.ThrowAsync<ClusterException>(() => cluster.ConnectAsync(options => options.Network.UseTls(stranger, authority.Certificate)));
        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
        pool.Status.ShouldBe(ProcessPoolStatus.Running);
    }

    [Fact]
    public async Task A_member_without_a_certificate_and_one_with_an_expired_one_are_refused()
    {
        using var authority = new TestAuthority("cluster");
        using var member = authority.Issue("member");
        using var expired = authority.Issue("expired", to: DateTimeOffset.UtcNow.AddMinutes(-1));
        await using var cluster = new TestCluster(plan => plan with { Certificates = authority.Write(Path.Combine(plan.Folder, "tls"), member) });
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        await Should.ThrowAsync<ClusterException>(() => TestCluster.Connect(new ClusterPlan(cluster.Folder)));
        await Should.ThrowAsync<ClusterException>(() => cluster.ConnectAsync(options => options.Network.UseTls(expired, authority.Certificate)));
        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    public async Task A_required_name_restricts_the_certificates_of_the_authority()
    {
        using var authority = new TestAuthority("company");
        using var member = authority.Issue("member", "images.internal");
        using var printer = authority.Issue("printer", "printer.internal");
        await using var cluster = new TestCluster();
        void Use(ClusterNetwork network, X509Certificate2 own)
        {
            network.UseTls(own, authority.Certificate);
            network.PeerName = "images.internal";
        }

        await cluster.StartNodeAsync("one", configure: options => Use(options.Network, member));
        await using IProcessPool pool = await cluster.ConnectAsync(options => Use(options.Network, member));
        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
        await Should.ThrowAsync<ClusterException>(() => cluster.ConnectAsync(options => Use(options.Network, printer)));
    }

    [Fact]
    public void An_endpoint_that_other_machines_can_reach_requires_certificates()
    {
        var node = Should.Throw<InvalidOperationException>(() => Host.CreateEmptyApplicationBuilder(null).AddMultiprocessingNode(options =>
        {
            options.Membership.UseLocalhost();
            options.Network.Address = Elsewhere;
        }));
        node.Message.ShouldContain("192.0.2.1");
        node.Message.ShouldContain(nameof(ClusterNetwork.UseTls));
        Should.Throw<InvalidOperationException>(() => Host.CreateEmptyApplicationBuilder(null).AddMultiprocessingNode(options =>
        {
            options.Membership.UseLocalhost();
            options.Network.ListenAddress = IPAddress.Any;
        })).Message.ShouldContain("0.0.0.0");
        Should.Throw<ArgumentException>(() => Host.CreateEmptyApplicationBuilder(null).AddMultiprocessingNode(options =>
        {
            options.Membership.UseLocalhost();
            options.Network.Address = IPAddress.Any;
        })).Message.ShouldContain(nameof(ClusterNetwork.ListenAddress));
    }

    [Fact]
    public async Task A_member_of_a_caller_that_other_machines_can_reach_requires_certificates_too()
    {
        await using var cluster = new TestCluster();
        var error = await Should.ThrowAsync<InvalidOperationException>(
            () => cluster.ConnectAsync(static options => options.Network.Address = Elsewhere));
        error.Message.ShouldContain("192.0.2.1");
    }

    [Fact]
    public void Certificates_that_cannot_prove_anything_are_refused_at_once()
    {
        using var authority = new TestAuthority("cluster");
        using var member = authority.Issue("member");
        using var withoutKey = X509CertificateLoader.LoadCertificate(member.Export(X509ContentType.Cert));
        var network = new MultiprocessingNodeOptions().Network;
        Should.Throw<ArgumentException>(() => network.UseTls(withoutKey, authority.Certificate)).Message.ShouldContain("private key");
        Should.Throw<ArgumentException>(() => network.UseTls(member)).Message.ShouldContain("authority");
        var folder = Directory.CreateTempSubdirectory("tls-").FullName;
        try
        {
            authority.Write(folder, member);
            File.WriteAllText(Path.Combine(folder, "member.key"), "no key");
            Should.Throw<ArgumentException>(() => TestAuthority.Use(network, folder)).Message.ShouldContain("member.key");
            File.Delete(Path.Combine(folder, "member.key"));
            Should.Throw<IOException>(() => TestAuthority.Use(network, folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Renewed_files_are_used_without_a_restart_and_half_written_ones_are_not()
    {
        using var authority = new TestAuthority("cluster");
        using var first = authority.Issue("first");
        using var second = authority.Issue("second");
        var folder = Directory.CreateTempSubdirectory("tls-").FullName;
        try
        {
            authority.Write(folder, first);
            var network = new MultiprocessingNodeOptions().Network;
            TestAuthority.Use(network, folder);
            network.Certificates!.Own.Subject.ShouldBe("CN=first");
            var file = Path.Combine(folder, "member.pem");
            File.WriteAllText(file, second.ExportCertificatePem()); // its key is still the one of the first
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(1));
            network.Certificates!.Own.Subject.ShouldBe("CN=first");
            authority.Write(folder, second);
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(2));
            network.Certificates!.Own.Subject.ShouldBe("CN=second");
            network.Certificates!.Own.HasPrivateKey.ShouldBeTrue();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
