// The runtime requires this name and signature, outside every namespace, for DOTNET_STARTUP_HOOKS.
internal static class StartupHook
{
    /// <summary>Takes over a process that was started as a child; the program's Main never runs in it.</summary>
    public static void Initialize() => Multiprocessing.ChildEntryPoint.TryRun();
}
