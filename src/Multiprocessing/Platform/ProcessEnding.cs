using System.Diagnostics;

namespace Multiprocessing.Platform;

/// <summary>Whether this process is ending in good order: handlers of <see cref="AppDomain.ProcessExit"/> run. The runtime says it nowhere (Environment.HasShutdownStarted is false there).</summary>
internal static class ProcessEnding
{
    private const int OutermostFrames = 4;

    private static volatile bool _hasBegun;

    public static bool HasBegun => _hasBegun || (_hasBegun = IsCalledByRuntime());

    /// <summary>For the library's own handler.</summary>
    public static void Begin() => _hasBegun = true;

    public static InvalidOperationException Error() => new(
        "This process is ending: handlers of ProcessExit run, and the children and shared objects of this library have ended before them or could not be cleaned up after them. "
        + "Use the library before Main returns or Environment.Exit is called; a handler that was registered before the library was first used runs before its end.");

    /// <summary>A handler is called by a method of the runtime that nothing else calls, at the bottom of the stack.</summary>
    private static bool IsCalledByRuntime()
    {
        var frames = new StackTrace(fNeedFileInfo: false).GetFrames();
        for (var i = frames.Length - 1; i >= Math.Max(0, frames.Length - OutermostFrames); i--)
        {
            if (DiagnosticMethodInfo.Create(frames[i]) is { Name: "OnProcessExit", DeclaringTypeName: "System.AppContext" })
            {
                return true;
            }
        }

        return false;
    }
}
