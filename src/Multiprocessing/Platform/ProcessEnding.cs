using System.Diagnostics;

namespace Multiprocessing.Platform;

/// <summary>
/// Whether this process is exiting normally: handlers of <see cref="AppDomain.ProcessExit"/> run. The runtime does not report it
/// (Environment.HasShutdownStarted is false there).
/// </summary>
internal static class ProcessEnding
{
    private const int OutermostFrames = 4;

    private static volatile bool _hasBegun;

    public static bool HasBegun => _hasBegun || (_hasBegun = IsCalledByRuntime());

    /// <summary>Called by the library's own handler.</summary>
    public static void Begin() => _hasBegun = true;

    public static InvalidOperationException Error() => new(
        "This process is ending: handlers of ProcessExit run, and the children and shared objects of this library have already ended or could not be "
        + "cleaned up any more. Use the library before Main returns or Environment.Exit is called. A handler that was registered before the first "
        + "use of the library runs early enough.");

    /// <summary>The runtime calls a handler from a method that no other code calls, at the bottom of the stack.</summary>
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
