namespace Multiprocessing;

/// <summary>Starts work of the library without the context of the program's call that caused it (its trace and its async locals).</summary>
internal static class Background
{
    public static void Run(Func<Task> work) => _ = Start(work);

    public static Task Start(Func<Task> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return Task.Run(work);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(work);
        }
    }
}
