using System.Net.Sockets;

namespace Multiprocessing.Fuzz;

/// <summary>A folder for the file of one socket.</summary>
internal sealed class SocketFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("mp-fuzz-").FullName;

    public SocketFolder() => EndPoint = new(Path.Combine(_path, "l"));

    public UnixDomainSocketEndPoint EndPoint { get; }

    public static void TrySend(Socket socket, byte[] bytes)
    {
        try
        {
            socket.Send(bytes);
        }
        catch (SocketException)
        {
            // The other side has closed after the first bytes.
        }
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
