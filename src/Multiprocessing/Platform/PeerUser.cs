using System.Net.Sockets;
using System.Runtime.InteropServices;
using Multiprocessing.Platform.Linux;
using Multiprocessing.Platform.MacOS;

namespace Multiprocessing.Platform;

/// <summary>The user at the other side of a unix-domain socket, as the kernel recorded it when the connection was made.</summary>
internal static class PeerUser
{
    // socket(7), unix(7): struct ucred { pid, uid, gid }, each of 4 bytes.
    private const int LinuxSocketLevel = 1;
    private const int LinuxPeerCredentials = 17;
    private const int LinuxSize = 12;
    private const int LinuxOffsetOfUser = 4;

    // unix(4) of macOS: struct xucred { version, uid, short group count, groups[16] }.
    private const int MacLocalLevel = 0;
    private const int MacPeerCredentials = 1;
    private const int MacSize = 76;
    private const int MacOffsetOfUser = 4;

    /// <summary>Returns whether the system can say which user is at the other side.</summary>
    public static bool IsKnown => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>
    /// Returns the number of the user at the other side, and whether it is the user of this process. A user of another user namespace has the number
    /// of no user, so it is never the same.
    /// </summary>
    /// <exception cref="SocketException">The system does not report it, because the socket is not connected.</exception>
    /// <exception cref="PlatformNotSupportedException">Not <see cref="IsKnown"/>.</exception>
    public static (uint User, bool IsOurs) Of(Socket socket)
    {
        if (OperatingSystem.IsLinux())
        {
            var user = Ask(socket, LinuxSocketLevel, LinuxPeerCredentials, LinuxSize, LinuxOffsetOfUser);
            return (user, user == Statx.CurrentUser);
        }

        if (OperatingSystem.IsMacOS())
        {
            var user = Ask(socket, MacLocalLevel, MacPeerCredentials, MacSize, MacOffsetOfUser);
            return (user, user == Lstat.CurrentUser);
        }

        throw Unsupported.Here("The user at the other side of a unix-domain socket");
    }

    private static uint Ask(Socket socket, int level, int name, int size, int offset)
    {
        Span<byte> credentials = stackalloc byte[MacSize];
        credentials = credentials[..size];
        if (socket.GetRawSocketOption(level, name, credentials) < offset + sizeof(uint))
        {
            throw new SocketException((int)SocketError.NotConnected);
        }

        return MemoryMarshal.Read<uint>(credentials[offset..]);
    }
}
