using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Multiprocessing;

namespace Tour.Lessons;

/// <summary>Serves files on this machine only. Its entity tag is the SHA-256 of what it sends, so that the receiver can tell a torn file.</summary>
internal static class FileServer
{
    /// <summary>Runs in a process of its own until that is asked to stop.</summary>
    public static async Task Serve(string root, string[] files, ProcessQueue<string> addresses)
    {
        var served = files.ToHashSet();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0"); // a port that is free
        await using var server = builder.Build();
        server.MapGet("/", () => string.Join('\n', served));
        server.MapGet("/{**path}", (string path, HttpContext request) => Answer(request, root, served, path));
        await server.StartAsync();
        addresses.Put(server.Urls.Single());

        // An asked process may leave by this exception: it ends as Terminated, in good order.
        await Task.Delay(Timeout.Infinite, CurrentProcess.Stopping);
    }

    private static async Task Answer(HttpContext request, string root, HashSet<string> served, string path)
    {
        if (!served.Contains(path))
        {
            request.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var bytes = await File.ReadAllBytesAsync(Path.Combine(root, path));
        request.Response.Headers.ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"";
        request.Response.ContentLength = bytes.Length;
        await request.Response.Body.WriteAsync(bytes);
    }
}
