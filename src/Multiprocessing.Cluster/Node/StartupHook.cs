// The runtime requires this name and signature, outside every namespace, for DOTNET_STARTUP_HOOKS.
internal static class StartupHook
{
    /// <summary>Makes a process that <c>mp node</c> has started a node; the program's Main never runs in it.</summary>
    public static void Initialize() => Environment.Exit(Multiprocessing.NodeProgram.Run());
}
