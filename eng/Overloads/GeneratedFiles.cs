using System.Runtime.CompilerServices;

namespace Multiprocessing.Overloads;

/// <summary>Every file that the generator writes, with its path from the root of the repository.</summary>
internal static class GeneratedFiles
{
    private const string Source = "src/Multiprocessing/";

    public static IEnumerable<(string Path, string Text)> All()
    {
        foreach (var kind in BodyKind.All)
        {
            yield return ($"{Source}Calls/{kind.Call}s.Generated.cs", Calls.Of(kind));
        }

        yield return ($"{Source}Processes/StoppingBodies.Generated.cs", Adapters.OfChildren());
        yield return ($"{Source}Processes/ChildProcess.Run.Generated.cs", ChildMembers.Run());
        yield return ($"{Source}Processes/ChildProcess.Create.Generated.cs", ChildMembers.Create());
        yield return ($"{Source}Pools/Scheduling/TaskBodies.Generated.cs", Adapters.OfPools());
        yield return ($"{Source}Pools/ProcessPool.Run.Generated.cs", PoolRunMembers.OfPool());
        yield return ($"{Source}Pools/ProcessPoolOfTState.Run.Generated.cs", PoolRunMembers.OfStatePool());
        yield return ($"{Source}Pools/ProcessPoolExtensions.Run.Generated.cs", PoolExtensionMembers.OfRun());
        foreach (var family in SourceFamily.All)
        {
            yield return ($"{Source}Pools/ProcessPoolExtensions.{family.File}.Generated.cs", PoolExtensionMembers.OfSource(family));
            yield return ($"{Source}Pools/ProcessPool.{family.File}.Generated.cs", PoolSourceMembers.OfPool(family));
            yield return ($"{Source}Pools/ProcessPoolOfTState.{family.File}.Generated.cs", PoolSourceMembers.OfStatePool(family));
        }
    }

    /// <summary>The folder with the solution, above the caller's source file.</summary>
    public static string RepositoryRoot([CallerFilePath] string here = "")
    {
        var folder = new FileInfo(here).Directory;
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Multiprocessing.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above '{here}' has Multiprocessing.slnx.");
    }
}
