using System.Runtime.InteropServices;

namespace Multiprocessing.Tool.Doctor;

/// <summary>The kernel, sandboxes and the view on other processes.</summary>
internal static class SystemChecks
{
    // pidfd_open(2), with which ends of processes are awaited.
    private static readonly Version OldestKernel = new(5, 3);

    public static IEnumerable<Finding> Run(Machine machine)
    {
        return [Kernel(machine), .. PidNamespace(machine), .. Hidden(machine), .. Filters(machine), .. Signals(machine), .. LogOut(machine)];
    }

    private static Finding Kernel(Machine machine)
    {
        var text = machine.Read("/proc/sys/kernel/osrelease")?.Trim() ?? Environment.OSVersion.Version.ToString();
        if ($"{machine.Read("/proc/version")} {text}".Contains("gVisor", StringComparison.OrdinalIgnoreCase))
        {
            return Finding.Warning(
                "kernel", "kernel", $"gVisor {text}: system calls are emulated, and waking a process takes many times longer than on Linux.",
                "Where speed matters, run in a container with runtime 'runc'.");
        }

        var end = text.IndexOfAny(['-', '+', '_', ' ']);
        var isWindows = text.Contains("microsoft", StringComparison.OrdinalIgnoreCase);
        return Version.TryParse(end < 0 ? text : text[..end], out var version) && version < OldestKernel
            ? Finding.Problem(
                "kernel", "kernel", $"Linux {text}. The library needs pidfd_open, which {OldestKernel} has.",
                $"Update to Linux {OldestKernel} or later, or set MULTIPROCESSING_FORCE_PORTABLE=1 for all programs (slower).")
            : Finding.Ok("kernel", "kernel", "Linux "
                + $"{text}{(isWindows ? " (WSL)" : "")}, {RuntimeInformation.ProcessArchitecture}");
    }

    private static IEnumerable<Finding> PidNamespace(Machine machine)
    {
        // One number for each namespace, the outermost first; the process that reads it sees /proc of one of them.
        var numbers = machine.ReadField("/proc/self/status", "NSpid")?.Split('\t', ' ') ?? [];
        if (machine.ReadField("/proc/self/status", "Pid") is { } shown && numbers is [.., var own] && shown != own)
        {
            yield return Finding.Warning(
                "pid-namespace", "pid namespace", "/proc shows the processes of another pid namespace, so 'mp' and other tools find no process by "
                    + "its number.",
                "Mount it anew in this namespace: 'unshare --pid --fork --mount-proc', or 'mount -t proc proc /proc'.");
        }
        else if (machine.Exists("/.dockerenv") || machine.Exists("/run/.containerenv"))
        {
            yield return Finding.Note("pid-namespace", "pid namespace", "A container: only its own programs are visible, and programs in other "
                + "containers do not meet them by name.");
        }
        else
        {
            yield return Finding.Ok("pid-namespace", "pid namespace", "/proc shows the processes of this namespace");
        }
    }

    private static IEnumerable<Finding> Hidden(Machine machine)
    {
        if (machine.FindMount("/proc")?.Option("hidepid") is { } hidden and not ("0" or "off"))
        {
            yield return Finding.Note(
                "hidepid", "visibility", $"/proc hides the processes of other users (hidepid={hidden}). Programs work, and 'mp' shows those of "
                    + "this user.");
        }
    }

    private static IEnumerable<Finding> Filters(Machine machine)
    {
        if (machine.ReadField("/proc/self/status", "Seccomp") is "1" or "2")
        {
            yield return Finding.Note(
                "seccomp", "system call filter", "A seccomp filter is on, as in most containers. The trial below shows whether it permits what "
                    + "the library needs.");
        }
    }

    private static IEnumerable<Finding> Signals(Machine machine)
    {
        const int SigChld = 17;
        if (machine.ReadField("/proc/self/status", "SigIgn") is { } ignored
            && ulong.TryParse(ignored, System.Globalization.NumberStyles.HexNumber, null, out var mask) && (mask >> (SigChld - 1) & 1) != 0)
        {
            yield return Finding.Note(
                "sigchld", "signals", "SIGCHLD is ignored by the process that started this one. The library resets it; other code that starts "
                    + "processes may lose exit codes.",
                "Remove \"trap '' CHLD\" or IgnoreSIGCHLD from what starts the program.");
        }
    }

    /// <summary>logind removes the files of a user from /dev/shm when the last session of that user ends, unless it is a system user.</summary>
    private static IEnumerable<Finding> LogOut(Machine machine)
    {
        const int FirstOrdinaryUser = 1000;
        if (!machine.Exists("/run/systemd/system") || machine.ReadField("/proc/self/status", "Uid")?.Split('\t', ' ')[0] is not { } user
            || !int.TryParse(user, out var number) || number < FirstOrdinaryUser)
        {
            yield break;
        }

        var isOff = (machine.Read("/etc/systemd/logind.conf") ?? "").Split('\n')
            .Any(static line => line.Trim() is "RemoveIPC=no" or "RemoveIPC=false" or "RemoveIPC=off" or "RemoveIPC=0");
        if (!isOff)
        {
            yield return Finding.Note(
                "remove-ipc", "log-out", "systemd removes this user's files in /dev/shm at the last log-out (RemoveIPC=yes), also those of "
                    + "programs that run on (nohup, screen).",
                "RemoveIPC=no in /etc/systemd/logind.conf, 'loginctl enable-linger', or run the program as a service.");
        }
    }
}
