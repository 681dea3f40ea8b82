using System.Reflection;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>Makes this process the child that its greeting describes.</summary>
internal static class ChildIdentity
{
    /// <exception cref="InvalidOperationException">The library or the program was replaced while the parent runs.</exception>
    public static void Assume(Hello hello)
    {
        foreach (var (name, value) in hello.EnvironmentToRestore)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        if (hello.LibraryVersion != typeof(ChildRuntime).Module.ModuleVersionId)
        {
            throw DifferentBuild("Multiprocessing.dll");
        }

        CurrentProcess.Become(hello);
        CrashDialogs.Disable();
        ConsoleText.WriteUtf8(hello.OutputIsRead, hello.ErrorIsRead);
        if (hello.EntryAssembly.Length > 0)
        {
            var entry = Assembly.Load(NameOf(hello.EntryAssembly));
            if (entry.ManifestModule.ModuleVersionId != hello.EntryVersion)
            {
                throw DifferentBuild(entry.GetName().Name + ".dll");
            }

            Assembly.SetEntryAssembly(entry);
        }

        Session.Join(hello.SessionDirectory, hello.Participant);
    }

    // By the simple name, because the version id is compared anyway: parsing a full name takes a fraction of a millisecond.
    private static AssemblyName NameOf(string fullName)
    {
        var end = fullName.IndexOf(',', StringComparison.Ordinal);
        return end < 0 || fullName.Contains('\\', StringComparison.Ordinal)
            ? new AssemblyName(fullName)
            : new AssemblyName { Name = fullName[..end] };
    }

    private static InvalidOperationException DifferentBuild(string file) => new(
        $"{file} was replaced while the program was running: the parent runs another build than this child would. Restart the program.");
}
