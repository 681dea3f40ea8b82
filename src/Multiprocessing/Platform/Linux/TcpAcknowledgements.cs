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
    private const int OffsetOfLastData = 52;
    private const int OffsetOfLastAcknowledgement = 56;

    /// <summary>
    /// So often bytes were sent again, or a question was asked, without an answer. One or two may be lost between machines that are well.
    /// </summary>
    private const int MinUnanswered = 3;

    /// <summary>
    /// Returns how long the other machine has been silent, or <see langword="null"/> if no answer of it is overdue. Data count as a sign of life,
    /// too: of a connection that only receives, the time of the last acknowledgement is not kept.
    /// </summary>
    /// <exception cref="SocketException">The socket is no TCP socket.</exception>
    /// <exception cref="ObjectDisposedException">The socket was disposed.</exception>
    public static TimeSpan? SilenceOf(Socket socket)
    {
        Span<byte> info = stackalloc byte[SizeOfInfo];
        var size = socket.GetRawSocketOption(LevelTcp, TcpInfo, info);
        if (size < SizeOfInfo || info[OffsetOfRetransmits] + info[OffsetOfProbes] < MinUnanswered)
        {
            return null;
        }

        return TimeSpan.FromMilliseconds(
            Math.Min(MemoryMarshal.Read<uint>(info[OffsetOfLastData..]), MemoryMarshal.Read<uint>(info[OffsetOfLastAcknowledgement..])));
    }
}
