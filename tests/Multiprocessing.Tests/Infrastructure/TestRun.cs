using Multiprocessing.Platform;

namespace Multiprocessing.Tests;

/// <summary>
/// Marks everything that this run of the tests starts, grandchildren and strangers included, so that leftovers can be distinguished from other
/// processes.
/// </summary>
internal static class TestRun
{
    public const string Variable = "MULTIPROCESSING_TEST_RUN";

    private static readonly string Id = Guid.NewGuid().ToString("N");

    /// <summary>Called before the first process starts: the environment is inherited.</summary>
    public static void Mark() => Environment.SetEnvironmentVariable(Variable, Id);

    /// <summary>Every process of this run but this one, orphans included.</summary>
    public static IReadOnlyList<ProcessEntry> Processes()
    {
        if (OperatingSystem.IsWindows())
        {
            // There only the library asks for parents, whose numbers orphans keep.
            return [.. ProcessTable.Descendants(Environment.ProcessId).Where(seen => seen.State != 'Z').Select(seen => new ProcessEntry(seen.ProcessId, seen.ParentId, seen.State, 0, ""))];
        }

        var below = ProcessEntry.Descendants(Environment.ProcessId).ToDictionary(entry => entry.Id);
        foreach (var entry in ProcessEntry.All().Where(entry => entry.Id != Environment.ProcessId && IsMarked(entry.Id)))
        {
            below.TryAdd(entry.Id, entry);
        }

        return [.. below.Values];
    }

    public static bool IsMarked(int processId) =>
        ProcessEntry.TryRead($"/proc/{processId}/environ")?.Split('\0').Contains($"{Variable}={Id}") == true;
}
