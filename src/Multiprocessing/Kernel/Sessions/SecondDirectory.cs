using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The session's second directory, for segments for which the first one has no room. It lies in the temp directory of the process that needed it
/// first, so a file in the first directory says where: TMPDIR may differ between the processes of a session.
/// </summary>
internal sealed class SecondDirectory(string first, string name)
{
    // In the first directory, once there is a second one: its path.
    private const string PathFile = "second";

    private readonly Lock _gate = new();
    private SafeFileHandle? _lock;
    private bool _isReady;

    /// <summary>
    /// Gets the recorded path; if there is none yet, the path in the temp directory of this process. Null if the session itself lies there.
    /// </summary>
    public string? FullPath => ReadPath() ?? (Path.Combine(SessionDirectory.TempRoot, name) is var path && path == first ? null : path);

    /// <summary>Prepares the directory for a file of this process.</summary>
    /// <returns>False if there is no second directory or it cannot be used; then there is no room.</returns>
    public bool TryPrepare(long bytesAsked)
    {
        if (FullPath is null)
        {
            return false;
        }

        try
        {
            Prepare(bytesAsked);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            MultiprocessingLogging.WarnOperator("Multiprocessing.SharedMemory", "The temp directory cannot be used for shared memory: "
                + $"{exception.Message}");
            return false;
        }
    }

    public void ReleaseLock()
    {
        lock (_gate)
        {
            _lock?.Dispose();
            _lock = null;
        }
    }

    /// <summary>
    /// This process keeps a shared lock on the directory as long as it runs: other containers may see the directory where they do not see the first
    /// one (a shared temp directory), and must not take it for a leftover.
    /// </summary>
    private void Prepare(long bytesAsked)
    {
        string path;
        lock (_gate)
        {
            if (_isReady)
            {
                return;
            }

            RecordPath(FullPath!);
            path = FullPath!;
            PrivateDirectory.Create(path);
            if (!FileOwner.IsOurs(path))
            {
                throw new UnauthorizedAccessException($"'{path}' belongs to another user: the session does not use it.");
            }

            Debug.Assert(_lock is null, "The directory is prepared twice.");
            _lock = FileLock.TryTake(Path.Combine(path, SessionDirectory.LockFile), create: true, shared: true);
            _isReady = true;
        }

        MultiprocessingLogging.WarnOperator(
            "Multiprocessing.SharedMemory",
            $"{Path.GetDirectoryName(first)} has no room for {bytesAsked} bytes; from now on shared memory is created in {path}, which may be "
            + "slower.");
    }

    private string? ReadPath()
    {
        try
        {
            return File.ReadAllText(Path.Combine(first, PathFile));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // not recorded yet, or the session's directory is removed
        }
    }

    /// <summary>
    /// Records the path for all processes, before the directory exists. If several processes do it at once, the first one's file stays. Killed before
    /// the file is whole: its draft is removed with the session.
    /// </summary>
    private void RecordPath(string path)
    {
        var file = Path.Combine(first, PathFile);
        if (!File.Exists(file))
        {
            _ = PrivateFile.Write(file, path, overwrite: false);
        }
    }
}
