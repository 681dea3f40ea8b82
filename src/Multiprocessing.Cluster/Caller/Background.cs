namespace Multiprocessing;

/// <summary>Starts work of the library without the context of the program's call that caused it (its trace and its async locals).</summary>
internal static class Background
{
    public static void Run(Func<Task> work)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = Task.Run(work);
            return;
        }

        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(work);
        }
    }
}
