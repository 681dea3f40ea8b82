using System.Net.Sockets;
using System.Runtime.Versioning;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>The file of a listener's unix-domain socket.</summary>
public class UnixSocketFileTests
{
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void The_file_is_for_its_owner_alone_and_removed_by_the_disposal()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes of files.");
        using var directory = new TemporaryDirectory();
        var path = directory.File("listener");
        using (var listener = ConnectionListener.Start(new UnixDomainSocketEndPoint(path)))
        {
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Directory.GetFileSystemEntries(directory.Path).ShouldBe([path]);
        }

        Directory.GetFileSystemEntries(directory.Path).ShouldBeEmpty();
        using (ConnectionListener.Start(new UnixDomainSocketEndPoint(path), new ConnectionListenerOptions { Key = Net.Key, AllowOtherUsers = true }))
        {
            (File.GetUnixFileMode(path) & UnixFileMode.OtherWrite).ShouldBe(UnixFileMode.OtherWrite);
        }
    }

    [Fact]
    public Task The_leftover_of_a_dead_listener_is_replaced() => Watchdog.Run(async () =>
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Another way there.");
        using var directory = new TemporaryDirectory();
        var path = directory.File("listener");
        Leave(path);
        await using var listener = ConnectionListener.Start(new UnixDomainSocketEndPoint(path));
        using var client = await Connection.ConnectAsync(listener.LocalEndPoint);
        Directory.GetFileSystemEntries(directory.Path).ShouldBe([path]);
    });

    [Fact]
    public Task A_living_listener_is_never_replaced() => Watchdog.Run(async () =>
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Another way there.");
        using var directory = new TemporaryDirectory();
        var endPoint = new UnixDomainSocketEndPoint(directory.File("listener"));
        await using var first = ConnectionListener.Start(endPoint);
        for (var i = 0; i < 5; i++)
        {
            Should.Throw<IOException>(() => ConnectionListener.Start(endPoint)).Message.ShouldContain("Another process listens");
        }

        using var client = await Connection.ConnectAsync(endPoint);
        using var server = await first.AcceptAsync(TimeSpan.FromSeconds(20));
        Directory.GetFileSystemEntries(directory.Path).Length.ShouldBe(1);
    });

    [Fact]
    public Task Of_many_that_find_a_leftover_at_once_one_listens() => Watchdog.Run(async () =>
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Another way there.");
        using var directory = new TemporaryDirectory();
        var endPoint = new UnixDomainSocketEndPoint(directory.File("listener"));
        for (var round = 0; round < 50; round++)
        {
            Leave(directory.File("listener"));
            var starts = Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            {
                try
                {
                    return Net.Listen(endPoint);
                }
                catch (IOException)
                {
                    return null;
                }
            })).ToArray();
            var winners = (await Task.WhenAll(starts)).OfType<ConnectionListener>().ToList();
            winners.Count.ShouldBe(1, $"round {round}");
            using (var client = await Net.Connect(winners[0]))
            using (var server = await winners[0].AcceptAsync(TimeSpan.FromSeconds(20)))
            {
                client.SendBytes([1]);
                server.ReceiveBytes().ShouldBe([1]);
            }

            winners[0].Dispose();
            Directory.GetFileSystemEntries(directory.Path).ShouldBeEmpty();
        }
    });

    [Fact]
    public void Another_file_is_not_touched()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Another way there.");
        using var directory = new TemporaryDirectory();
        var path = directory.File("letter");
        File.WriteAllText(path, "to keep");
        Should.Throw<IOException>(() => ConnectionListener.Start(new UnixDomainSocketEndPoint(path))).Message.ShouldContain("is no socket");
        File.ReadAllText(path).ShouldBe("to keep");
    }

    [Fact]
    public void The_disposal_does_not_remove_the_file_of_a_later_listener()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Another way there.");
        using var directory = new TemporaryDirectory();
        var endPoint = new UnixDomainSocketEndPoint(directory.File("listener"));
        var first = ConnectionListener.Start(endPoint);
        File.Delete(directory.File("listener"));
        using var second = ConnectionListener.Start(endPoint);
        first.Dispose();
        File.Exists(directory.File("listener")).ShouldBeTrue();
    }

    [Fact]
    public Task An_abstract_address_of_Linux_has_no_file_and_checks_the_user() => Watchdog.Run(async () =>
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has abstract addresses.");
        var endPoint = new UnixDomainSocketEndPoint($"\0mp-test-{Guid.NewGuid():N}");
        await using var listener = ConnectionListener.Start(endPoint);
        using var client = await Connection.ConnectAsync(endPoint);
        using var server = await listener.AcceptAsync(TimeSpan.FromSeconds(20));
        Should.Throw<IOException>(() => ConnectionListener.Start(endPoint));
    });

    [Fact]
    public void A_path_that_is_as_long_as_the_system_allows_works()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Another way there.");
        using var directory = new TemporaryDirectory();
        var room = 103 - directory.Path.Length - 1;
        var endPoint = new UnixDomainSocketEndPoint(directory.File(new string('x', room)));
        using var listener = ConnectionListener.Start(endPoint);
    }

    /// <summary>Leaves a socket file without a listener, as a killed process does.</summary>
    private static void Leave(string path)
    {
        // Disposing a bound socket removes its file, so the file gets a second name first.
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint($"{path}.bound"));
            File.Move($"{path}.bound", path);
        }

        File.Exists(path).ShouldBeTrue();
    }
}
