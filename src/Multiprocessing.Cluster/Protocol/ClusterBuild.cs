using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// The build of the program: a hash of the version ids of all assemblies in its directory, and of the runtime's version. Calls name methods by their
/// tokens and contain no description of types, so all members of a cluster must have the same build.
/// </summary>
internal static class ClusterBuild
{
    private static readonly Lazy<string> OfProgram = new(Compute);

    public static string Hash => OfProgram.Value;

    private static string Compute()
    {
        var modules = new SortedSet<string>(StringComparer.Ordinal) { Environment.Version.ToString() };
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll"))
        {
            if (VersionOf(file) is { } version)
            {
                modules.Add($"{Path.GetFileName(file)} {version}");
            }
        }

        // A single file has no assemblies beside it, but its own modules are loaded.
        foreach (var assembly in (Assembly?[])[Assembly.GetEntryAssembly(), typeof(ClusterBuild).Assembly, typeof(ProcessPool).Assembly])
        {
            if (assembly is not null)
            {
                modules.Add($"{assembly.GetName().Name}.dll {assembly.ManifestModule.ModuleVersionId}");
            }
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', modules))))[..16];
    }

    private static Guid? VersionOf(string file)
    {
        try
        {
            using var reader = new PEReader(File.OpenRead(file));
            if (!reader.HasMetadata)
            {
                return null; // a native library
            }

            var metadata = reader.GetMetadataReader();
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }
}
