using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Runs on a second processor what a child does for the first time when it reads its body: the runtime loads the types of the serializer and
/// initializes its reflection, which takes a sixth of the start. Meanwhile the main thread joins the session; it does itself whatever is not finished
/// when it needs it.
/// </summary>
internal static class ChildWarmUp
{
    public static void Begin()
    {
        if (Environment.ProcessorCount > 1)
        {
            try
            {
                LastResort.NewThread(EntryPoint.WarmUp, "Multiprocessing warm-up", Run, static _ => { }).UnsafeStart();
            }
            catch (OutOfMemoryException)
            {
                // The system has no thread left. The main thread does the work.
            }
        }
    }

    private static void Run()
    {
        try
        {
            CallWarmUp.Run();
            ShortExit.Prepare();
        }
        catch (Exception)
        {
            // This work is optional. The same failure occurs again on the main thread, which reports it to the parent.
        }
    }
}
