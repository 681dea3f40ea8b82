using System.CommandLine;
using System.Runtime.InteropServices;

namespace Batch;

/// <summary>What the command line asks for.</summary>
/// <param name="Folder">Whose files are examined.</param>
/// <param name="Workers">How many worker processes.</param>
/// <param name="CrashShare">The share of files at which a worker crashes, 0 to 1.</param>
/// <param name="Output">Where the CSV file goes.</param>
/// <param name="Compare">Whether threads and a single thread do the same afterwards.</param>
internal sealed record Settings(string Folder, int Workers, double CrashShare, string Output, bool Compare)
{
    /// <summary>The command whose action runs the batch.</summary>
    public static RootCommand Command(Func<Settings, Task<int>> run)
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Whose files are hashed and counted, with all folders below.", DefaultValueFactory = _ => SdkFolder() };
        var workers = new Option<int>("--workers") { Description = "How many worker processes.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var crash = new Option<double>("--crash") { Description = "The share of files, 0 to 1, at which the worker crashes (0.01: one in a hundred)." };
        var output = new Option<string>("--output") { Description = "Where the table of all files goes.", DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "batch.csv") };
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
                result.AddError("--workers is at least 1.");
            }
        });
        crash.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 1))
            {
                result.AddError("--crash is a share from 0 to 1, such as 0.01.");
            }
        });
        var command = new RootCommand("Hashes all files of a folder and counts their words in a pool of processes, and survives that some of these crash.") { folder, workers, crash, output, alone };
        command.SetAction((result, _) => run(new Settings(
            result.GetValue(folder)!.FullName, result.GetValue(workers), result.GetValue(crash), Path.GetFullPath(result.GetValue(output)!), !result.GetValue(alone))));
        return command;
    }

    // [dotnet]/shared/Microsoft.NETCore.App/[version]/ is where the runtime lies, and [dotnet]/sdk beside it; a machine without SDK has the runtime at least.
    private static DirectoryInfo SdkFolder()
    {
        var runtime = RuntimeEnvironment.GetRuntimeDirectory();
        var sdk = new DirectoryInfo(Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "sdk")));
        return sdk.Exists ? sdk : new DirectoryInfo(runtime);
    }
}
