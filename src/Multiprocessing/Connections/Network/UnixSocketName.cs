using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The file of a listening unix-domain socket. It has the name only while a process listens.</summary>
/// <remarks>
/// A socket listens under a name of its own before it gets the name that others know, in one step that fails if that exists. So a socket under the
/// known name which refuses connections has no process any more, and may be removed, under a lock that only removals take. Killed before that step: a
/// file with a hidden name stays, and nothing else. Killed after it: the next listener replaces the file. Killed in a removal: the system releases
/// the lock.
/// </remarks>
internal sealed class UnixSocketName
{
    /// <summary>Bytes of a path that every system takes: macOS has 104 with the terminating zero, Linux 108.</summary>
    private const int LongestPath = 103;

    private const int Attempts = 10;

    /// <summary>
    /// A replacement takes less than a millisecond; a longer one means that its process is stopped, or that another program uses the lock.
    /// </summary>
    private static readonly TimeSpan LongestReplacement = TimeSpan.FromSeconds(5);

    private readonly string _path;
    private readonly (ulong Device, ulong Inode)? _identity;

    private UnixSocketName(string path)
    {
        _path = path;
        _identity = SocketFile.Identify(path);
    }

    /// <summary>Returns a socket that listens at the address, and its file's name; without a file for an abstract address of Linux.</summary>
    /// <exception cref="SocketException">Another process listens there, or the file cannot be created.</exception>
    /// <exception cref="IOException">There is a file which is not the leftover of a listener of this user.</exception>
    public static (Socket Socket, UnixSocketName? Name) Listen(UnixDomainSocketEndPoint endPoint, int backlog, bool allowOthers)
    {
        var path = endPoint.ToString();
        if (path.StartsWith('@') && !File.Exists(path) || path.Length == 0)
        {
            return (Bind(endPoint, null, backlog, allowOthers), null);
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var socket = SocketFile.CanPublish ? Publish(path, backlog, allowOthers) : Bind(endPoint, path, backlog, allowOthers);
                return (socket, new UnixSocketName(path));
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Attempts)
            {
                if (!RemoveLeftover(path))
                {
                    throw;
                }

                // Another process may be faster; then it listens, and the next round ends with that error.
            }
        }
    }

    /// <summary>Removes the file, unless it is another one by now.</summary>
    public void Remove()
    {
        if (_identity is not null && SocketFile.Identify(_path) == _identity)
        {
            TryDelete(_path);
        }
    }

    private static Socket Publish(string path, int backlog, bool allowOthers)
    {
        var draft = HiddenName(path);
        var socket = Bind(new UnixDomainSocketEndPoint(draft), draft, backlog, allowOthers);
        try
        {
            if (!SocketFile.TryPublish(draft, path))
            {
                throw Path.Exists(path)
                    ? new SocketException((int)SocketError.AddressAlreadyInUse)
                    : new IOException($"The file '{path}' cannot be created: its file system has no second names for files. Use another folder.");
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        finally
        {
            TryDelete(draft);
        }
    }

    private static Socket Bind(UnixDomainSocketEndPoint endPoint, string? path, int backlog, bool allowOthers)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            if (path is not null)
            {
                SocketFile.Restrict(path, allowOthers);
            }

            socket.Listen(backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Removes the socket file of a process that does not exist any more. Returns false if a process listens there. Under the lock of the folder: of
    /// several processes that found the leftover, a late one must not remove what the first one has put in its place.
    /// </summary>
    private static bool RemoveLeftover(string path)
    {
        using var folder = SocketFile.CanPublish ? LockFolder(path) : null;
        if (SocketFile.Identify(path) is null)
        {
            return Path.Exists(path) ? throw NotOurs(path, "is no socket") : true;
        }

        if (IsListening(path))
        {
            return false;
        }

        if (!FileOwner.IsOurs(path))
        {
            throw NotOurs(path, "belongs to another user");
        }

        File.Delete(path);
        return true;
    }

    private static IDisposable LockFolder(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var deadline = Deadline.After(LongestReplacement);
        while (true)
        {
            if (SocketFile.TryLockFolder(folder) is { } held)
            {
                return held;
            }

            if (deadline.HasPassed)
            {
                throw new IOException(
                    $"Another process has held the lock of '{folder}' for {LongestReplacement.TotalSeconds:0} s, so '{path}' was not replaced.");
            }

            Thread.Sleep(1);
        }
    }

    private static bool IsListening(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException error)
        {
            // A full backlog, or a listener that this process may not use, is a listener all the same.
            return error.SocketErrorCode is not (SocketError.ConnectionRefused or SocketError.AddressNotAvailable);
        }
    }

    /// <summary>Returns a name in the same folder that no other process uses, not longer than the path may be.</summary>
    private static string HiddenName(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var room = LongestPath - Encoding.UTF8.GetByteCount(folder) - 1;
        if (room < 4)
        {
            // The path itself is relative, or as short as its folder allows.
            folder = Path.GetDirectoryName(path) is { Length: > 0 } relative ? relative : ".";
            room = LongestPath - Encoding.UTF8.GetByteCount(folder) - 1;
        }

        var hex = RandomNumberGenerator.GetHexString(Math.Clamp(room - 1, 3, 16), lowercase: true);
        return Path.Combine(folder, $".{hex}");
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder was removed or is not writable any more: the file stays, which the next listener replaces.
        }
    }

    private static IOException NotOurs(string path, string why) =>
        new(
            $"A listener cannot use the file '{path}': it {why}. Only the leftover of an earlier listener is replaced. Delete the file, or use "
            + "another path.");
}
