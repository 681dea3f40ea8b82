using System.CommandLine;
using System.Runtime.InteropServices;

namespace Batch;

/// <summary>The settings from the command line.</summary>
/// <param name="Folder">The folder with the files.</param>
/// <param name="Workers">The number of worker processes.</param>
/// <param name="CrashShare">The share of files at which a worker crashes, 0 to 1.</param>
/// <param name="Output">The path of the CSV file.</param>
/// <param name="Report">The path of the report of the run, or <see langword="null"/>.</param>
/// <param name="Compare">Whether threads and a single thread do the same work afterwards.</param>
internal sealed record Settings(string Folder, int Workers, double CrashShare, string Output, string? Report, bool Compare)
{
    /// <summary>Creates the command whose action runs the batch.</summary>
    public static RootCommand Command(Func<Settings, Task<int>> run)
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "The folder whose files are hashed and counted, including all folders below.", DefaultValueFactory = _ => SdkFolder() };
        var workers = new Option<int>("--workers") { Description = "The number of worker processes.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var crash = new Option<double>("--crash") { Description = "The share of files, 0 to 1, at which the worker crashes (0.01: one in a hundred)." };
        var output = new Option<string>("--output") { Description = "The file for the table of all files.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "batch.csv") };
        var report = new Option<string?>("--report") { Description = "Write what the processes did, as one HTML file." };
        var alone = new Option<bool>("--alone") { Description = "Do not compare with threads and with a single thread." };
        folder.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<DirectoryInfo>() is { Exists: false } missing)
            {
                result.AddError($"There is no folder {missing.FullName}.");
            }
        });
        workers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--workers must be at least 1.");
            }
        });
        crash.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 1))
            {
                result.AddError("--crash must be a share from 0 to 1, such as 0.01.");
            }
        });
        var command = new RootCommand("Hashes all files of a folder and counts their words in a pool of processes, some of which may crash.") { folder, workers, crash, output, report, alone };
        command.SetAction((result, _) => run(new Settings(
            result.GetValue(folder)!.FullName,
            result.GetValue(workers),
            result.GetValue(crash),
            Path.GetFullPath(result.GetValue(output)!),
            result.GetValue(report) is { } path ? Path.GetFullPath(path) : null,
            !result.GetValue(alone))));
        return command;
    }

    // The runtime is in [dotnet]/shared/Microsoft.NETCore.App/[version]/, and the SDK in [dotnet]/sdk. A machine without SDK has at least the
    // runtime.
    private static DirectoryInfo SdkFolder()
    {
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        var sdk = new DirectoryInfo(Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "sdk")));
        return sdk.Exists ? sdk : new DirectoryInfo(runtime);
    }
}
