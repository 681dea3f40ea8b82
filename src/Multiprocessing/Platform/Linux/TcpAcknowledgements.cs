using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Multiprocessing.Platform.Linux;

/// <summary>What the system knows of the acknowledgements of a TCP connection. Places in <c>struct tcp_info</c> of linux/tcp.h.</summary>
[SupportedOSPlatform("linux")]
internal static class TcpAcknowledgements
{
    private const int LevelTcp = 6;
    private const int TcpInfo = 11;
    private const int SizeOfInfo = 60;
    private const int OffsetOfRetransmits = 2;
    private const int OffsetOfProbes = 3;
    private const int OffsetOfLastReceived = 56;

    /// <summary>
    /// Returns how long ago the other machine acknowledged something, or <see langword="null"/> if nothing is overdue: neither bytes that were sent
    /// again nor a question that was asked.
    /// </summary>
    /// <exception cref="SocketException">The socket is no TCP socket.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed.</exception>
    public static TimeSpan? OverdueSince(Socket socket)
    {
        Span<byte> info = stackalloc byte[SizeOfInfo];
        if (socket.GetRawSocketOption(LevelTcp, TcpInfo, info) < SizeOfInfo || (info[OffsetOfRetransmits] == 0 && info[OffsetOfProbes] == 0))
        {
            return null;
        }

        return TimeSpan.FromMilliseconds(MemoryMarshal.Read<uint>(info[OffsetOfLastReceived..]));
    }
}
