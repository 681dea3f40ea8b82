using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>Members on one machine without any option: another user's program cannot join them, although it can connect to their ports.</summary>
public class LocalCertificatesTests
{
    /// <summary>How long a stranger's connection may stay open. Its end needs threads of this process.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long the connection of a member is seen to stay open.</summary>
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stranger_that_knows_the_port_is_refused_without_a_certificate_and_with_one_of_its_own()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        using var table = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(cluster.Folder, "test.json"), Token));
        var ports = table.RootElement.GetProperty("Rows").EnumerateArray()
            .Select(static row => int.Parse(row.GetProperty("Silo").GetString()!.Split('@')[0].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        ports.Count.ShouldBe(2, "a node and a caller");
        using var authority = new TestAuthority("stranger");
        using var stranger = authority.Issue("stranger");
        foreach (var port in ports)
        {
            (await AnswerAsync(port, null, Patience)).ShouldBeFalse("no certificate");
            (await AnswerAsync(port, stranger, Patience)).ShouldBeFalse("its own certificate");
            (await AnswerAsync(port, new LocalCertificates(cluster.Folder).Own, Stay)).ShouldBeTrue("this user's certificate");
            (await AnswerWithoutTlsAsync(port)).ShouldBeFalse("no TLS");
        }

        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    public async Task A_member_with_the_addresses_but_without_the_certificate_of_the_cluster_finds_no_node_and_knows_why()
    {
        await using var cluster = new TestCluster();
        await cluster.StartNodeAsync("one");
        await using IProcessPool pool = await cluster.ConnectAsync(nodes: 1);
        var other = Path.Combine(cluster.Folder, "other");
        Directory.CreateDirectory(other);
        File.Copy(Path.Combine(cluster.Folder, "test.json"), Path.Combine(other, "test.json"));
        var error = await Should.ThrowAsync<ClusterException>(() => TestCluster.Connect(
            new ClusterPlan(other), static options => options.ConnectTimeout = TimeSpan.FromSeconds(20)));
        error.Message.ShouldContain(LocalCertificates.FileName);
        (await pool.RunAsync(static () => 1, cancellationToken: Token)).ShouldBe(1);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Only_the_user_can_read_the_files_and_a_directory_in_which_others_write_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        await using var cluster = new TestCluster();
        var folder = Path.Combine(cluster.Folder, "made");
        await cluster.StartNodeAsync("one", configure: options => options.Membership.UseLocalhost(folder));
        IsPrivate(folder).ShouldBeTrue();
        var files = Directory.GetFiles(folder).Where(static file => !file.EndsWith(".new", StringComparison.Ordinal)).ToArray(); // the node replaces one
        files.Select(Path.GetFileName).Order().ShouldBe(["members.pem", "members.pem.lock", "test.json", "test.json.lock"]);
        files.ShouldAllBe(static file => IsPrivate(file));
        var open = Path.Combine(cluster.Folder, "open");
        Directory.CreateDirectory(open);
        File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupWrite);
        var error = await Should.ThrowAsync<ClusterException>(() => TestCluster.Connect(new ClusterPlan(open)));
        error.Message.ShouldContain("chmod");
        error.Message.ShouldContain(open);
    }

    [Fact]
    public void Members_that_start_at_once_have_one_certificate_and_one_that_is_killed_while_it_makes_it_leaves_none_or_a_whole_one()
    {
        using var folder = new Folder();
        for (var round = 0; round < 5; round++)
        {
            File.Delete(Path.Combine(folder.Name, LocalCertificates.FileName));
            var killed = ChildProcess.Run(
                static name =>
                {
                    while (true)
                    {
                        File.Delete(Path.Combine(name, LocalCertificates.FileName));
                        _ = new LocalCertificates(name);
                    }
                },
                folder.Name);
            Thread.Sleep(200 + (37 * round)); // at some step
            killed.Kill();
            killed.Dispose();
            var found = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => new LocalCertificates(folder.Name).Own.Thumbprint).ToList();
            found.Distinct().Count().ShouldBe(1);
        }
    }

    [Fact]
    public void A_certificate_is_renewed_in_its_second_half_and_the_one_before_it_is_still_accepted()
    {
        using var folder = new Folder();
        var clock = new Clock();
        var early = new LocalCertificates(folder.Name, clock);
        var late = new LocalCertificates(folder.Name, clock);
        var first = early.Own;
        late.Own.RawData.ShouldBe(first.RawData);
        clock.Now += (LocalCertificates.Life / 2) - TimeSpan.FromMinutes(1);
        early.Own.RawData.ShouldBe(first.RawData);
        clock.Now += TimeSpan.FromMinutes(2);
        var second = early.Own;
        second.RawData.ShouldNotBe(first.RawData);
        second.HasPrivateKey.ShouldBeTrue();

        // The other member reads it at its next handshake, and accepts both; so does a member that starts now.
        late.RefusalOf(second, null, null).ShouldBeNull();
        late.RefusalOf(first, null, "a name").ShouldBeNull();
        late.Own.RawData.ShouldBe(second.RawData);
        new LocalCertificates(folder.Name, clock).RefusalOf(first, null, null).ShouldBeNull();

        // Far outside of its life, before and after.
        clock.Now += TimeSpan.FromDays(4_000);
        late.RefusalOf(early.Own, null, null).ShouldBeNull();
        clock.Now -= TimeSpan.FromDays(9_000);
        late.RefusalOf(early.Own, null, null).ShouldBeNull();
        for (var i = 0; i < 10; i++)
        {
            clock.Now += LocalCertificates.Life;
            _ = late.Own;
        }

        early.Authorities.Count.ShouldBe(5, "former certificates are few");
        early.RefusalOf(first, null, null).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB")]
    public void A_file_that_is_missing_or_damaged_is_made_anew_and_running_members_accept_the_new_ones(string? content)
    {
        using var folder = new Folder();
        var member = new LocalCertificates(folder.Name);
        var first = member.Own;
        var file = Path.Combine(folder.Name, LocalCertificates.FileName);
        File.Delete(file);
        if (content is not null)
        {
            File.WriteAllText(file, content);
        }

        var started = new LocalCertificates(folder.Name);
        started.Own.RawData.ShouldNotBe(first.RawData);
        member.RefusalOf(started.Own, null, null).ShouldBeNull();
        started.RefusalOf(member.Own, null, null).ShouldBeNull();
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_key_that_other_users_can_read_is_not_used()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        using var folder = new Folder();
        var first = new LocalCertificates(folder.Name).Own;
        File.SetUnixFileMode(Path.Combine(folder.Name, LocalCertificates.FileName), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var second = new LocalCertificates(folder.Name);
        second.RefusalOf(first, null, null).ShouldNotBeNull();
        IsPrivate(Path.Combine(folder.Name, LocalCertificates.FileName)).ShouldBeTrue();
    }

    private static bool IsPrivate(string path) =>
        OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & (UnixFileMode)0b_000_111_111) == 0;

    /// <summary>Returns whether the member keeps a connection after the handshake, as it does for another member, which speaks first.</summary>
    private static async Task<bool> AnswerAsync(int port, X509Certificate2? certificate, TimeSpan time)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        await using var tls = new SslStream(client.GetStream(), false, static (_, _, _, _) => true);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "member",
                    ClientCertificates = certificate is null ? [] : [certificate],
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                },
                Token);
            return await StaysOpenAsync(tls, time);
        }
        catch (Exception error) when (error is IOException or AuthenticationException)
        {
            return false;
        }
    }

    private static async Task<bool> AnswerWithoutTlsAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Token);
        try
        {
            await client.GetStream().WriteAsync(new byte[64], Token);
            return await StaysOpenAsync(client.GetStream(), Patience);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<bool> StaysOpenAsync(Stream stream, TimeSpan time)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(time);
        try
        {
            // Of a member that was accepted, the other side reads; a stranger's connection ends.
            return await stream.ReadAsync(new byte[1], limit.Token) > 0;
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            return true;
        }
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class Folder : IDisposable
    {
        public string Name { get; } = Directory.CreateTempSubdirectory("certificates-").FullName;

        public void Dispose() => Directory.Delete(Name, recursive: true);
    }
}
