using System.Diagnostics;
using System.Security.Cryptography;
using Multiprocessing;

namespace Tour.Lessons;

/// <summary>
/// The same with real work, in four processes: one serves files over HTTP, one downloads them, one takes them from an unbounded queue, parses them
/// and saves them into a database, and this one shows the progress and finally compares the database with the files.
/// </summary>
internal static class SaveRealFiles
{
    public static async Task Run(Check check)
    {
        var (root, files) = RealFiles.Find();
        Screen.Say($"{files.Length} files below {root}: XML documentation, build targets, licences. They are served at 127.0.0.1.");
        var directory = Directory.CreateTempSubdirectory("multiprocessing-tour-");
        try
        {
            var database = Path.Combine(directory.FullName, "files.db");
            var (report, elapsed) = await DownloadAndSave(check, root, files, database);
            Compare(check, root, files, database, report);
            Screen.Say("Downloaded, parsed and saved, the start of the two processes included:");
            Screen.Table(
                ["files", "bytes", "XML elements", "documented members", "words of text", "time", "files/s", "MB/s"],
                [[
                    $"{report.Files}", $"{report.Bytes:N0}", $"{report.Elements:N0}", $"{report.Members:N0}", $"{report.Words:N0}",
                    $"{elapsed.TotalSeconds:0.00} s", $"{report.Files / elapsed.TotalSeconds:N0}", $"{report.Bytes / 1e6 / elapsed.TotalSeconds:0.0}",
                ]]);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<(SaveReport Report, TimeSpan Elapsed)> DownloadAndSave(Check check, string root, string[] files, string database)
    {
        using var addresses = new ProcessQueue<string>();
        using var downloads = new ProcessQueue<DownloadedFile>();
        using var progress = new ProcessQueue<int>();

        await using var server = ChildProcess.Run(FileServer.Serve, root, files, addresses, new ChildProcessOptions { Name = "file server" });
        var address = await addresses.GetAsync(TimeSpan.FromSeconds(60));

        var watch = Stopwatch.StartNew();
        await using var downloader = ChildProcess.Run(Downloader.Download, address, downloads, new ChildProcessOptions { Name = "downloader" });
        await using var saver = ChildProcess.Run(Saver.Save, downloads, database, progress, new ChildProcessOptions { Name = "saver" });
        // If one of them dies, awaiting its result reports which one and how; the others are stopped when the method is left.
        var following = Screen.FollowAsync("saving", files.Length, progress.ReadAllAsync());
        var downloaded = await downloader.Result;
        var report = await saver.Result;
        var elapsed = watch.Elapsed;
        await following;
        check.Equal("the saver got every file that the downloader put", downloaded, report.Files);

        server.Terminate(TimeSpan.FromSeconds(30));
        await server.JoinAsync();
        check.Equal("the server stopped by itself when it was asked to", ExitReason.Terminated, server.ExitStatus?.Reason);
        ChildProcess[] children = [server, downloader, saver];
        Screen.Table(
            ["process", "pid", "CPU time", "ended with"],
            children.Select(child => new[]
            {
                child.Name, $"{child.Id}", $"{child.GetStatistics().TotalProcessorTime.TotalSeconds:0.00} s", $"{child.ExitStatus}",
            }));
        return (report, elapsed);
    }

    /// <summary>Compares the database's rows with the files on the disk, by their hashes.</summary>
    private static void Compare(Check check, string root, string[] files, string database, SaveReport report)
    {
        var saved = Archive.ReadAll(database).ToDictionary(row => row.Path);
        var differing = files.Where(file =>
        {
            var bytes = File.ReadAllBytes(Path.Combine(root, file));
            var sum = Convert.ToHexStringLower(SHA256.HashData(bytes));
            return saved.GetValueOrDefault(file) is not { } row || row.Size != bytes.Length || row.Sha256 != sum;
        });
        check.Equal("the database has a row for each file", files.Length, saved.Count);
        check.Equal("... with as many bytes", files.Sum(file => new FileInfo(Path.Combine(root, file)).Length), saved.Values.Sum(row => row.Size));
        check.Sequence("... and with the same SHA-256, taken from the saved bytes", [], differing);
        check.Equal("the saver reported as many bytes", saved.Values.Sum(row => row.Size), report.Bytes);
    }
}
