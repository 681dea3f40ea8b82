namespace Multiprocessing.Tool.Stacks;

/// <summary>The names of threads. The runtime passes the first 15 characters of a thread's name to Linux.</summary>
internal static class ThreadNames
{
    /// <summary>Returns null where the system does not have the name, or the thread has ended.</summary>
    public static string? Find(int processId, int threadId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            return File.ReadAllText($"/proc/{processId}/task/{threadId}/comm").TrimEnd('\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
