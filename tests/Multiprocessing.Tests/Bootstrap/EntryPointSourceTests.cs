using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>Threads, timers, work items and callbacks begin in <c>LastResort</c> and nowhere else: an exception that left one would end the program.</summary>
public partial class EntryPointSourceTests
{
    /// <summary>What is guarded by other means, with the reason.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["Diagnostics/Threads/LastResort.cs"] = "the mechanism itself",
        ["Processes/Child/SpareWarmUp.cs"] = "a task that is waited for, which has the exception",
        ["Pools/Scheduling/PoolCore.cs: ContinueWith"] = "a task that nobody looks at ends nothing",
        ["Processes/ChildProcessOptions.cs: async void"] = "the text of an error",
        ["Diagnostics/Threads/LibraryWork.cs: QueueUserWorkItem"] = "what is queued there begins with LastResort.Run",
        ["Platform/Windows/ProcessEnd.cs: UnsafeRegisterWaitForSingleObject"] = "its delegate is LastResort.Run",
        ["Processes/Child/ChildRuntime.cs: UnhandledException +="] = "its delegate is LastResort.Run",
        ["Processes/Child/ChildRuntime.cs: PosixSignalRegistration.Create"] = "its handler is LastResort.Run",
        ["Queues/ScratchBuffer.cs: ~"] = "frees memory, which does not throw",
        ["Serialization/Graph/MessageBuffer.cs: ~"] = "frees memory, which does not throw",
        ["Platform/Portable/ParkingLot.cs: ~"] = "unmaps, which does not throw",
        ["Kernel/Sessions/SessionMemory.cs: ~"] = "unmaps, which does not throw",
    };

    [Fact]
    public void No_entry_point_is_made_outside_of_the_last_resort()
    {
        var root = Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "src", "Multiprocessing");
        if (!Directory.Exists(root))
        {
            Assert.Skip("The sources are not beside the tests.");
        }

        var found = new List<string>();
        var files = Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories).Where(static file => !file.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal));
        foreach (var file in files)
        {
            var name = Path.GetRelativePath(root, file).Replace('\\', '/');
            var lines = File.ReadAllLines(file);
            for (var i = 0; i < lines.Length; i++)
            {
                var code = lines[i].TrimStart();
                if (code.StartsWith("//", StringComparison.Ordinal) || EntryPoints().Match(code) is not { Success: true } match)
                {
                    continue;
                }

                var what = match.Value.StartsWith('~') ? "~" : match.Value.TrimStart('.').TrimEnd('(');
                if (code.Contains("LastResort.", StringComparison.Ordinal) || Exceptions.ContainsKey(name) || Exceptions.ContainsKey($"{name}: {what}"))
                {
                    continue;
                }

                found.Add($"{name}:{i + 1}: {code}");
            }
        }

        found.ShouldBeEmpty("Start threads, timers, work items, callbacks and finalizers with LastResort, which says how their failure is told and what it fails.");
    }

    // Method groups of tokens and tasks, not properties of that name.
    [GeneratedRegex(@"new Thread\(|new Timer\(|QueueUserWorkItem|\.ContinueWith\b|UnsafeRegisterWaitForSingleObject|RegisterWaitForSingleObject|Task\.Run\(|Task\.Factory|async void \w|\.UnsafeRegister\(|oken\.Register\(|PosixSignalRegistration\.Create|UnhandledException \+=|ProcessExit \+=|CancelKeyPress \+=|^~\w+\(\)|UnmanagedCallersOnly|new FileSystemWatcher|SynchronizationContext\(\)\.Post")]
    private static partial Regex EntryPoints();

    private static string Here([CallerFilePath] string path = "") => path;
}
