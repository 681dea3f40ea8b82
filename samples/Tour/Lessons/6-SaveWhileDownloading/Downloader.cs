using Multiprocessing;

namespace Tour.Lessons;

/// <summary>A file between the downloader and the saver.</summary>
internal sealed record DownloadedFile(string Path, byte[] Bytes, string EntityTag);

/// <summary>Asks the server for the list of files, downloads several at once, and puts each into the queue.</summary>
internal static class Downloader
{
    private const int AtOnce = 4;

    public static async Task<int> Download(string address, ProcessQueue<DownloadedFile> downloads)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(address) };
        var paths = (await http.GetStringAsync("")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = CurrentProcess.Stopping };
        await Parallel.ForEachAsync(paths, options, async (path, stopping) =>
        {
            using var response = await http.GetAsync(string.Join('/', path.Split('/').Select(Uri.EscapeDataString)), stopping);
            response.EnsureSuccessStatusCode();
            var bytes = await response.Content.ReadAsByteArrayAsync(stopping);
            await downloads.PutAsync(new DownloadedFile(path, bytes, response.Headers.ETag!.Tag.Trim('"')), stopping);
        });

        // Only the downloader knows that all files are downloaded, so it completes the queue. A downloader that is killed before this line has not
        // completed it, and no reader mistakes half of the files for all of them.
        downloads.Complete();
        return paths.Length;
    }
}
