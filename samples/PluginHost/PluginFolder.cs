using System.Reflection;
using System.Runtime.Loader;

namespace PluginHost;

/// <summary>
/// The assemblies of one plug-in: from its own folder, by its own <c>deps.json</c>. What the folder does not contain, such as the contract, is the
/// host's.
/// </summary>
internal sealed class PluginFolder : AssemblyLoadContext
{
    private readonly AssemblyDependencyResolver _resolver;

    private PluginFolder(string assembly)
        : base(Path.GetFileNameWithoutExtension(assembly)) => _resolver = new AssemblyDependencyResolver(assembly);

    /// <summary>Loads a plug-in into this process and creates the object that implements the contract.</summary>
    /// <param name="assembly">The path of the plug-in's assembly.</param>
    public static T Create<T>(string assembly)
        where T : class
    {
        var plugin = new PluginFolder(assembly).LoadFromAssemblyPath(assembly);
        var type = plugin.GetExportedTypes().SingleOrDefault(type => type.IsAssignableTo(typeof(T)) && !type.IsAbstract)
            ?? throw new InvalidOperationException($"{assembly} has no public class that implements {typeof(T)}.");
        return (T)Activator.CreateInstance(type)!;
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
