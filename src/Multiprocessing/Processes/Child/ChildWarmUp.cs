namespace Multiprocessing;

/// <summary>
/// Does on a second processor what a child would do for the first time when it reads its body: the runtime loads the types of the serializer and looks into its own reflection,
/// which takes a sixth of the way to the body. The main thread joins the session meanwhile, and does by itself whatever is not done when it gets there.
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
                // The system has no thread for it. The main thread does without.
            }
        }
    }

    private static void Run()
    {
        try
        {
            CallWarmUp.Run();
        }
        catch (Exception)
        {
            // Nothing here is needed. What failed fails again where it is, on the main thread, which tells the parent.
        }
    }
}
