using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Multiprocessing;

namespace Tour.Lessons;

/// <summary>Serves files on this machine only. Its entity tag is the SHA-256 of what it sends, so that the receiver can tell a torn file.</summary>
internal static class FileServer
{
    /// <summary>Runs in a process of its own until that is asked to stop.</summary>
    public static async Task Serve(string root, string[] files, ProcessQueue<string> addresses)
    {
        var served = files.ToHashSet();
        using var listener = Listen(out var address);
        addresses.Put(address);
        while (true)
        {
            // An asked process may leave by this exception: it ends as Terminated, in good order.
            var request = await listener.GetContextAsync().WaitAsync(CurrentProcess.Stopping);
            _ = Answer(request, root, served);
        }
    }

    private static async Task Answer(HttpListenerContext request, string root, HashSet<string> served)
    {
        try
        {
            var path = Uri.UnescapeDataString(request.Request.Url!.AbsolutePath)[1..];
            if (path.Length == 0)
            {
                request.Response.Close(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', served)), willBlock: false);
            }
            else if (served.Contains(path))
            {
                var bytes = await File.ReadAllBytesAsync(Path.Combine(root, path));
                request.Response.AddHeader("ETag", $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"");
                request.Response.ContentLength64 = bytes.Length;
                await request.Response.OutputStream.WriteAsync(bytes);
                request.Response.Close();
            }
            else
            {
                request.Response.StatusCode = (int)HttpStatusCode.NotFound;
                request.Response.Close();
            }
        }
        catch (Exception exception) when (exception is IOException or HttpListenerException)
        {
            await Console.Error.WriteLineAsync($"The file server could not answer {request.Request.Url}: {exception.Message}");
            request.Response.Abort();
        }
    }

    /// <summary>HttpListener cannot ask for a free port, so a socket does. Somebody may take the port in between; then it asks for another one.</summary>
    private static HttpListener Listen(out string address)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add(address);
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                listener.Close();
            }
        }
    }
}
