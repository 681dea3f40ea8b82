namespace Multiprocessing.Tests;

internal static class ChildResult
{
    /// <summary>Waits for the child's result and lets go of the child.</summary>
    public static T Take<T>(this ChildProcess<T> child)
    {
        using (child)
        {
            return child.Result.GetAwaiter().GetResult();
        }
    }

    /// <summary>Waits for the child's end and gives the exception that its completion carries, or <see langword="null"/> when it ended well.</summary>
    public static Exception? TakeFailure(this ChildProcess child)
    {
        using (child)
        {
            child.Join();
            return Record(child.Completion);
        }
    }

    private static Exception? Record(Task task)
    {
        try
        {
            task.GetAwaiter().GetResult();
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
