using Multiprocessing.Tool.Output;

namespace Multiprocessing.Tool.Doctor;

/// <summary>The temporary directory: the place for shared memory that does not fit elsewhere, and for the runtime's diagnostics ports.</summary>
internal static class TemporaryDirectoryChecks
{
    private const long LittleSpace = 256L << 20;

    // A path of a socket has at most 107 bytes; the runtime's name has up to 50.
    private const int LongestPath = 57;

    public static IEnumerable<Finding> Run(string directory, IDisk disk)
    {
        if (disk.TryWrite(directory) is { } error)
        {
            yield return Finding.Problem(
                "temp-permission", "temporary directory", $"This user cannot create files in {directory}: {error}",
                "Set TMPDIR to a directory that exists and that this user may write to; as root: 'chmod 1777 /tmp'.");
            yield break;
        }

        var space = disk.Space(directory);
        if (space is { Free: < LittleSpace } little)
        {
            yield return Finding.Warning(
                "temp-space", "temporary directory", $"{directory}: {Quantity.Bytes(little.Free)} free of {Quantity.Bytes(little.Total)}. Shared "
                    + "memory lies there when /dev/shm is full.",
                "Remove files there, or set TMPDIR to a directory with more room.");
        }
        else
        {
            yield return Finding.Ok(
                "temp-space", "temporary directory", space is { } room ? $"{directory}: {Quantity.Bytes(room.Free)} free" : directory);
        }

        if (directory.Length > LongestPath)
        {
            yield return Finding.Warning(
                "temp-path", "temporary directory", $"The path {directory} has {directory.Length} characters: sockets there exceed the system's "
                    + "limit of 107.",
                $"Set TMPDIR to a path of at most {LongestPath} characters, such as /tmp.");
        }
    }
}
