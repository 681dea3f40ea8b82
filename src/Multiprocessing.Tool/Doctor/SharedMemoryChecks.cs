using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Doctor;

/// <summary>The file system in which queues, locks and arrays lie.</summary>
internal static class SharedMemoryChecks
{
    private const string Directory = "/dev/shm";
    private const string Docker = "In a container: 'docker run --shm-size=1g', or 'shm_size: 1g' in compose; in Kubernetes mount an emptyDir with "
        + "medium: Memory at /dev/shm.";

    // A session begins in the temporary directory when less is free.
    private const long LeastFree = 16L << 20;
    private const long LittleSpace = 256L << 20;

    public static IEnumerable<Finding> Run(Machine machine, IDisk disk)
    {
        if (!machine.Exists(Directory))
        {
            yield return Finding.Problem(
                "shm", "shared memory", $"{Directory} does not exist. Shared memory lies in the temporary directory, on a disk.",
                $"Mount it: 'mount -t tmpfs -o mode=1777,size=50% tmpfs {Directory}'. {Docker}");
            yield break;
        }

        var mount = machine.FindMount(Directory) ?? machine.MountOf(Directory);
        if (mount is { IsReadOnly: true })
        {
            yield return Finding.Problem(
                "shm-read-only", "shared memory", $"{Directory} is mounted read-only. Shared memory lies in the temporary directory, on a disk.",
                $"Mount it for writing: 'mount -o remount,rw {Directory}'. With 'docker run --read-only' add '--tmpfs {Directory}'.");
        }
        else if (mount is not null && mount.FileSystem is not ("tmpfs" or "ramfs"))
        {
            yield return Finding.Warning(
                "shm-file-system", "shared memory", $"{Directory} is not memory but a file system of type {mount.FileSystem}: each change may be "
                    + "written to a disk.",
                $"Mount memory there: 'mount -t tmpfs -o mode=1777,size=50% tmpfs {Directory}'.");
        }

        if (disk.TryWrite(Directory) is { } error)
        {
            yield return Finding.Problem(
                "shm-permission", "shared memory", $"This user cannot create files in {Directory}: {error}",
                $"As root: 'chmod 1777 {Directory}'.");
        }

        if (disk.Space(Directory) is { } space)
        {
            yield return Space(space);
        }

        if (mount?.Option("nr_inodes") is { } nodes && long.TryParse(nodes, out var files) && files is > 0 and < 10_000)
        {
            yield return Finding.Warning(
                "shm-files", "files in shared memory", $"{Directory} allows {files} files. Each queue, lock and array is a file.",
                $"'mount -o remount,nr_inodes=100k {Directory}', and the same in /etc/fstab.");
        }
    }

    private static Finding Space(DiskSpace space)
    {
        var observed = $"{Directory}: {Quantity.Bytes(space.Free)} free of {Quantity.Bytes(space.Total)}";
        if (space.Free < LeastFree)
        {
            return Finding.Problem(
                "shm-space", "shared memory", $"{observed}. Programs that start now use the temporary directory, on a disk.",
                space.Total < LittleSpace
                    ? $"Make it larger: 'mount -o remount,size=1g {Directory}'. {Docker}"
                    : "Find what fills it with 'ls -lS /dev/shm' and 'mp ps'; 'mp gc' removes what dead programs left.");
        }

        return space.Total < LittleSpace
            ? Finding.Warning(
                "shm-space", "shared memory", $"{observed}. Large queues and arrays use the temporary directory when it is full.",
                $"Make it larger: 'mount -o remount,size=1g {Directory}'. {Docker}")
            : Finding.Ok("shm-space", "shared memory", observed);
    }
}
