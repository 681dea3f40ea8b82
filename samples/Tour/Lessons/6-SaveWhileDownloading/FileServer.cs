using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Multiprocessing;

namespace Tour.Lessons;

/// <summary>Serves files on this machine only. The entity tag is the SHA-256 of the file, so that the receiver can detect a damaged file.</summary>
internal static class FileServer
{
    /// <summary>Runs in a process of its own until that process is asked to stop.</summary>
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

        // A process that was asked to stop may end with this exception: it counts as Terminated.
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
