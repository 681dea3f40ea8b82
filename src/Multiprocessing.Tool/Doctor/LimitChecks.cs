using System.Globalization;
using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Doctor;

/// <summary>Limits of the system that a tree of processes reaches first.</summary>
internal static class LimitChecks
{
    // Figures of a tree of 100 workers: a .NET process has 8 to 20 threads, its parent a few descriptors for each child.
    private const int ThreadsOfProcess = 20;
    private const int EnoughThreads = 100 * ThreadsOfProcess;
    private const int EnoughFiles = 4096;
    private const int EnoughMappings = 65_530;
    private const int MebibytesOfProcess = 30;

    public static IEnumerable<Finding> Run(Machine machine)
    {
        var group = new ControlGroup(machine);
        return
        [
            OpenFiles(machine),
            .. Processes(machine, group),
            .. Mappings(machine),
            .. Memory(machine, group),
            .. AddressSpace(machine),
            .. LockedMemory(machine),
            Processors(group),
        ];
    }

    private static Finding OpenFiles(Machine machine) =>
        ResourceLimit.Find(machine, "Max open files") is { Hard: { } limit } // the runtime raises the soft limit to the hard one when it starts
            ? limit < EnoughFiles
                ? Finding.Warning(
                    "open-files", "open files (nofile)", $"at most {limit} for each process. A root process needs about 5 for each child.",
                    $"'ulimit -Hn {EnoughFiles * 16}' in the shell that starts the program, LimitNOFILE= in its systemd unit, '--ulimit "
                        + "nofile=65536' for docker, or /etc/security/limits.conf.")
                : Finding.Ok("open-files", "open files (nofile)", $"at most {limit.ToString("N0", CultureInfo.InvariantCulture)} for each process")
            : Finding.Ok("open-files", "open files (nofile)", "no limit");

    private static IEnumerable<Finding> Processes(Machine machine, ControlGroup group)
    {
        var limits = new List<(long Limit, string Text, string Cure)>();
        if (ResourceLimit.Find(machine, "Max processes") is { Soft: { } user })
        {
            limits.Add((user, $"{user} threads for this user (nproc)", "'ulimit -u 32768' in the shell that starts the program, LimitNPROC= in "
                + "its systemd unit, or /etc/security/limits.conf."));
        }

        if (group.Number("pids", "pids.max", "pids.max") is { } container)
        {
            var used = group.Number("pids", "pids.current", "pids.current") ?? 0;
            limits.Add((container - used, $"{container} threads for this control group, {used} are in use (pids.max)", "'--pids-limit=-1' for "
                + "docker, podPidsLimit in Kubernetes, TasksMax= in the systemd unit or slice."));
        }

        if (machine.ReadNumber("/proc/sys/kernel/pid_max") is { } numbers)
        {
            limits.Add((numbers, $"{numbers} threads on this machine (kernel.pid_max)", "'sysctl kernel.pid_max=4194304'."));
        }

        foreach (var (limit, text, cure) in limits.Where(static entry => entry.Limit < EnoughThreads))
        {
            yield return Finding.Warning(
                "processes", "processes and threads", $"at most {text}. A .NET process has up to {ThreadsOfProcess} threads, so there is room for "
                    + $"about {Math.Max(0, limit / ThreadsOfProcess)} processes.", cure);
        }

        if (limits.Count > 0 && limits.TrueForAll(static entry => entry.Limit >= EnoughThreads))
        {
            yield return Finding.Ok("processes", "processes and threads", "room for about "
                + $"{limits.Min(static entry => entry.Limit).ToString("N0", CultureInfo.InvariantCulture)} threads");
        }
    }

    private static IEnumerable<Finding> Mappings(Machine machine)
    {
        if (machine.ReadNumber("/proc/sys/vm/max_map_count") is { } mappings)
        {
            yield return mappings < EnoughMappings
                ? Finding.Warning(
                    "mappings", "memory mappings", $"at most {mappings} for each process (vm.max_map_count). Each queue, lock and array that a "
                        + "process uses is one.",
                    "'sysctl vm.max_map_count=262144', and the same line in /etc/sysctl.d/.")
                : Finding.Ok("mappings", "memory mappings", $"at most {mappings.ToString("N0", CultureInfo.InvariantCulture)} for each process");
        }
    }

    private static IEnumerable<Finding> Memory(Machine machine, ControlGroup group)
    {
        var available = Kibibytes(machine.ReadField("/proc/meminfo", "MemAvailable"));
        var limit = group.Number("memory", "memory.max", "memory.limit_in_bytes");
        var used = group.Number("memory", "memory.current", "memory.usage_in_bytes") ?? 0;
        var room = limit is { } most && most - used < (available ?? long.MaxValue) ? most - used : available;
        if (room is { } free)
        {
            var observed = limit is null ? $"{Quantity.Bytes(free)} available" : $"{Quantity.Bytes(free)} available, limit of the control group "
                + $"{Quantity.Bytes(limit.Value)}";
            yield return free >> 20 < MebibytesOfProcess * 10
                ? Finding.Warning(
                    "memory", "memory", $"{observed}. A process needs about {MebibytesOfProcess} MiB.",
                    "End other programs, give the container more memory, or use fewer workers. ChildProcessOptions.HeapLimit bounds the heap of a "
                        + "child.")
                : Finding.Ok("memory", "memory", observed);
        }

        if (machine.ReadNumber("/proc/sys/vm/overcommit_memory") is 2)
        {
            yield return Finding.Warning(
                "overcommit", "memory commitment", "The system refuses memory that may never be used (vm.overcommit_memory = 2). The runtime "
                    + "reserves far more addresses than it uses, so few processes start.",
                "'sysctl vm.overcommit_memory=0', or set DOTNET_GCHeapHardLimit for the program.");
        }
    }

    private static IEnumerable<Finding> AddressSpace(Machine machine)
    {
        if (ResourceLimit.Find(machine, "Max address space") is { Soft: { } bytes })
        {
            yield return Finding.Problem(
                "address-space", "address space", $"{Quantity.Bytes(bytes)} for each process (ulimit -v). The runtime reserves up to 256 GiB of "
                    + "addresses, whatever it uses.",
                "'ulimit -v unlimited' in the shell that starts the program. Limit memory by a control group or DOTNET_GCHeapHardLimit.");
        }
    }

    private static IEnumerable<Finding> LockedMemory(Machine machine)
    {
        if (ResourceLimit.Find(machine, "Max locked memory") is { } limit)
        {
            yield return Finding.Ok(
                "locked-memory", "locked memory (memlock)", $"{(limit.Soft is { } bytes ? Quantity.Bytes(bytes) : "no limit")}; the library locks "
                    + "no memory");
        }
    }

    private static Finding Processors(ControlGroup group)
    {
        // "200000 100000": two processors; version 1 has two files.
        var quota = group.Text("cpu", "cpu.max", "cpu.cfs_quota_us")?.Split(' ', '\n')[0];
        return quota is null or "max" or "-1"
            ? Finding.Ok("processors", "processors", $"{Environment.ProcessorCount}")
            : Finding.Note("processors", "processors", $"{Environment.ProcessorCount}; the control group limits the time on them (cpu.max)");
    }

    private static long? Kibibytes(string? field) =>
        long.TryParse(field?.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number * 1024 : null;
}
