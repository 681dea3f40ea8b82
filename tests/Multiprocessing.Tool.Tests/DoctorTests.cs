using Multiprocessing.Tests;
using Multiprocessing.Tool.Doctor;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tool.Tests;

/// <summary><c>mp doctor</c> on machines that lack something: a directory stands for the root of the machine.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly Dictionary<string, string> _variables = [];
    private readonly FakeDisk _disk = new();

    public DoctorTests()
    {
        Directory.CreateDirectory(_root.File("dev/shm"));
        Put("proc/sys/kernel/osrelease", "6.12.1-amd64\n");
        Put("proc/self/mounts", "proc /proc proc rw,relatime 0 0\ntmpfs /dev/shm tmpfs rw,nosuid,nodev,size=8388608k 0 0\n");
        Put("proc/self/status", "Name:\tmp\nPid:\t77\nUid:\t1000\t1000\t1000\t1000\nNSpid:\t77\nSigIgn:\t0000000000000000\nSeccomp:\t0\n");
        Put(
            "proc/self/limits",
            """
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             96365                96365                processes
            Max open files            524288               524288               files
            Max locked memory         8388608              8388608              bytes
            Max address space         unlimited            unlimited            bytes
            """);
        Put("proc/sys/vm/max_map_count", "65530\n");
        Put("proc/sys/vm/overcommit_memory", "0\n");
        Put("proc/sys/kernel/pid_max", "4194304\n");
        Put("proc/meminfo", "MemTotal: 16000000 kB\nMemAvailable: 12000000 kB\n");
        Put("proc/self/cgroup", "0::/user.slice\n");
    }

    public static TheoryData<string, string, string, string> Machines => new()
    {
        // finding, how bad, the file that makes the difference, its content
        { "kernel", nameof(Severity.Problem), "proc/sys/kernel/osrelease", "4.19.0-27-amd64\n" },
        { "kernel", nameof(Severity.Warning), "proc/version", "Linux version 4.4.0 (gVisor)\n" },
        { "shm-read-only", nameof(Severity.Problem), "proc/self/mounts", "tmpfs /dev/shm tmpfs ro,relatime 0 0\n" },
        { "shm-file-system", nameof(Severity.Warning), "proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\n" },
        { "shm-files", nameof(Severity.Warning), "proc/self/mounts", "tmpfs /dev/shm tmpfs rw,nr_inodes=500 0 0\n" },
        { "hidepid", nameof(Severity.Note), "proc/self/mounts", "proc /proc proc rw,hidepid=2 0 0\ntmpfs /dev/shm tmpfs rw 0 0\n" },
        { "pid-namespace", nameof(Severity.Warning), "proc/self/status", "Pid:\t4711\nNSpid:\t4711\t12\n" },
        { "seccomp", nameof(Severity.Note), "proc/self/status", "Seccomp:\t2\n" },
        { "sigchld", nameof(Severity.Note), "proc/self/status", "SigIgn:\t0000000000010000\n" },
        { "open-files", nameof(Severity.Warning), "proc/self/limits", "Max open files            256      1024      files\n" },
        { "processes", nameof(Severity.Warning), "proc/self/limits", "Max processes             500      500      processes\n" },
        { "processes", nameof(Severity.Warning), "sys/fs/cgroup/pids.max", "100\n" },
        { "mappings", nameof(Severity.Warning), "proc/sys/vm/max_map_count", "4096\n" },
        { "memory", nameof(Severity.Warning), "proc/meminfo", "MemAvailable: 100000 kB\n" },
        { "memory", nameof(Severity.Warning), "sys/fs/cgroup/user.slice/memory.max", "104857600\n" },
        { "overcommit", nameof(Severity.Warning), "proc/sys/vm/overcommit_memory", "2\n" },
        { "address-space", nameof(Severity.Problem), "proc/self/limits", "Max address space         8589934592  8589934592  bytes\n" },
        { "processors", nameof(Severity.Note), "sys/fs/cgroup/cpu.max", "200000 100000\n" },
        { "remove-ipc", nameof(Severity.Note), "run/systemd/system/units", "" },
    };

    [Fact]
    public void A_machine_that_is_set_up_has_no_warning()
    {
        var findings = Check();
        findings.Where(static finding => finding.Severity > Severity.Note).ShouldBeEmpty();
        findings.Select(static finding => finding.Id).ShouldBeUnique();
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void A_machine_that_lacks_something_gets_a_finding(string id, string severity, string file, string content)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "These are files of Linux.");
        Put(file, content);
        var finding = Check().Single(finding => finding.Id == id && finding.Severity != Severity.Ok);
        finding.Severity.ToString().ShouldBe(severity);
        if (finding.Severity > Severity.Note)
        {
            finding.Cure.ShouldNotBeNullOrEmpty();
        }
    }

    [Fact]
    public void A_machine_without_shared_memory_is_a_problem()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no such directory.");
        Directory.Delete(_root.File("dev/shm"));
        Severities()["shm"].ShouldBe(Severity.Problem);
    }

    [Theory]
    [InlineData(1L << 20, 64L << 20, nameof(Severity.Problem))]
    [InlineData(60L << 20, 64L << 20, nameof(Severity.Warning))]
    [InlineData(4L << 30, 8L << 30, nameof(Severity.Ok))]
    public void The_space_in_shared_memory_counts(long free, long total, string severity)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have no such directory.");
        _disk.Spaces["/dev/shm"] = new DiskSpace(free, total);
        Severities()["shm-space"].ToString().ShouldBe(severity);
    }

    [Fact]
    public void A_directory_of_names_that_is_open_to_others_is_a_problem()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("Modes of files are those of POSIX.");
            return;
        }

        var directory = _root.File("dev/shm/mpnames-1000-4026531836");
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Severities().ShouldNotContainKey("names-permission");
        File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.OtherWrite);
        Severities()["names-permission"].ShouldBe(Severity.Problem);
    }

    [Fact]
    public void Leftovers_are_a_note_with_the_command_that_removes_them()
    {
        StateChecks.Leftovers([]).Severity.ShouldBe(Severity.Ok);
        var finding = StateChecks.Leftovers([new ProgramLeftover { Path = "/dev/shm/mp-0-1", Kind = ProgramLeftoverKind.Session, LastChange = default, FileCount = 1, Bytes = 4096 }]);
        finding.Severity.ShouldBe(Severity.Note);
        finding.Cure!.ShouldContain("mp gc");
    }

    [Fact]
    public void Directories_that_cannot_be_written_are_problems()
    {
        _disk.IsReadOnly = true;
        Severities()["temp-permission"].ShouldBe(Severity.Problem);
        if (OperatingSystem.IsLinux())
        {
            Severities()["shm-permission"].ShouldBe(Severity.Problem);
        }
    }

    [Theory]
    [InlineData("DOTNET_EnableDiagnostics", "0", "diagnostics-port", nameof(Severity.Warning))]
    [InlineData("MULTIPROCESSING_FORCE_PORTABLE", "1", "portable", nameof(Severity.Warning))]
    [InlineData("MULTIPROCESSING_NAMES", "/does/not/exist", "names", nameof(Severity.Problem))]
    [InlineData("DOTNET_gcServer", "1", "server-gc", nameof(Severity.Note))]
    public void Variables_count(string name, string value, string id, string severity)
    {
        _variables[name] = value;
        Severities()[id].ToString().ShouldBe(severity);
    }

    [Fact]
    public async Task The_command_tries_a_child_and_exits_with_0_here()
    {
        var run = await Mp.RunProgramAsync("doctor", "--json");
        var findings = run.Json.GetProperty("findings").EnumerateArray().ToDictionary(static finding => finding.GetProperty("id").GetString()!);
        findings["trial"].GetProperty("severity").GetString().ShouldBe("ok", run.Output);
        run.ExitCode.ShouldBe(run.Json.GetProperty("problems").GetInt32() == 0 ? 0 : 6);
    }

    [Fact]
    public async Task A_problem_exits_with_6_and_the_text_names_the_cure()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "TMPDIR is a variable of POSIX.");
        var run = await Mp.RunProgramAsync(new() { ["TMPDIR"] = "/does/not/exist" }, ["doctor", "--no-trial"]);
        run.ExitCode.ShouldBe(6);
        run.Output.ShouldContain("FAIL");
        run.Output.ShouldContain("Set TMPDIR");
    }

    [Fact]
    public async Task A_warning_exits_with_6_only_if_strict()
    {
        var environment = new Dictionary<string, string?> { ["DOTNET_EnableDiagnostics"] = "0" };
        (await Mp.RunProgramAsync(environment, ["doctor", "--no-trial"])).ExitCode.ShouldBe(0);
        (await Mp.RunProgramAsync(environment, ["doctor", "--no-trial", "--strict"])).ExitCode.ShouldBe(6);
    }

    public void Dispose() => _root.Dispose();

    private void Put(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root.File(file))!);
        File.WriteAllText(_root.File(file), content);
    }

    private IReadOnlyList<Finding> Check() => Checkup.Run(new Machine(_root.Path, _variables.GetValueOrDefault), _disk, hasTrial: false);

    private Dictionary<string, Severity> Severities() => Check().ToDictionary(static finding => finding.Id, static finding => finding.Severity);

    private sealed class FakeDisk : IDisk
    {
        public Dictionary<string, DiskSpace> Spaces { get; } = [];

        public bool IsReadOnly { get; set; }

        public DiskSpace? Space(string directory) => Spaces.GetValueOrDefault(directory, new DiskSpace(8L << 30, 8L << 30));

        public string? TryWrite(string directory) => IsReadOnly ? "Read-only file system" : null;
    }
}
