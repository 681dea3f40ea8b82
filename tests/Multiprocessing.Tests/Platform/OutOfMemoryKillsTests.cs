using Multiprocessing.Platform;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Control groups as files in a made-up directory: their mounts differ between versions, distributions and containers.</summary>
public sealed class OutOfMemoryKillsTests : IDisposable
{
    private const string Version1 = "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n";
    private const string Version2 = "low 0\nhigh 0\nmax 12\noom 4\noom_kill 3\noom_group_kill 0\n";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("0::/user.slice/app.scope\n", "user.slice/app.scope/memory.events", Version2)]
    [InlineData("0::/\n", "memory.events", Version2)]
    [InlineData("0::/docker/abc\n", "memory.events", Version2)] // a container that sees its own group at the root
    [InlineData("12:memory:/docker/abc\n5:cpu,cpuacct:/docker/abc\n0::/system.slice\n", "memory/docker/abc/memory.oom_control", Version1)]
    [InlineData("12:memory:/docker/abc\n", "memory/memory.oom_control", Version1)]
    [InlineData("4:cpuset,memory:/a\n1:name=systemd:/a\n", "memory/a/memory.oom_control", Version1)]
    [InlineData("4:cpuset,memory:/a\n", "cpuset,memory/a/memory.oom_control", Version1)]
    [InlineData("0::/app\n", "unified/app/memory.events", Version2)]
    public void The_count_of_this_process_s_group_is_found(string membership, string file, string content)
    {
        File.WriteAllText(_directory.File("cgroup"), membership);
        Write(file, content);
        var found = OutOfMemoryKills.Find(_directory.Path, _directory.File("cgroup")).ShouldNotBeNull();
        OutOfMemoryKills.CountIn(found).ShouldBe(3);
        Write(file, content.Replace("oom_kill 3", "oom_kill 4", StringComparison.Ordinal));
        OutOfMemoryKills.CountIn(found).ShouldBe(4);
    }

    [Theory]
    [InlineData("12:memory:/docker/abc\n", "memory/docker/abc/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\n")] // before Linux 4.13
    [InlineData("0::/app\n", "app/memory.max", "max\n")]
    [InlineData("garbage\n\n::\n", "memory.stat", "oom_kill 3\n")]
    [InlineData("", "memory.stat", "")]
    public void Without_memory_accounting_no_death_is_reported_as_out_of_memory(string membership, string file, string content)
    {
        File.WriteAllText(_directory.File("cgroup"), membership);
        Write(file, content);
        OutOfMemoryKills.Find(_directory.Path, _directory.File("cgroup")).ShouldBeNull();
        OutOfMemoryKills.Find(_directory.Path, _directory.File("none")).ShouldBeNull();
        OutOfMemoryKills.Count().ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void A_group_that_went_counts_nothing() => OutOfMemoryKills.CountIn(_directory.File("gone/memory.events")).ShouldBe(0);

    private void Write(string file, string content)
    {
        var path = _directory.File(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
