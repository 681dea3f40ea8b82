using Multiprocessing.Tool.Stacks;

namespace Multiprocessing.Tool.Top;

/// <summary>The stacks of a process as text over the screen.</summary>
internal static class StackOverlay
{
    public static async Task<Overlay> ReadAsync(int processId, string name, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var title = $"STACKS OF {name} ({processId})";
        try
        {
            var threads = await StackCommand.ReadAsync(processId, timeout, cancellationToken);
            return new Overlay(title, [.. Lines(threads)]);
        }
        catch (Exception exception) when (exception is CommandException or IOException or UnauthorizedAccessException or InvalidDataException
            or OperationCanceledException)
        {
            return new Overlay(title, [exception.Message]);
        }
    }

    private static IEnumerable<string> Lines(IReadOnlyList<ThreadStack> threads)
    {
        var shown = threads.Where(static thread => thread.Frames.Any(StackReport.IsOfProgram)).ToList();
        foreach (var thread in shown)
        {
            yield return $"Thread {thread.ThreadId} {thread.Name}  {(thread.IsRunningManagedCode ? "runs" : "waits, or is in native code")}";
            foreach (var frame in StackReport.WithoutCallers(thread.Frames))
            {
                yield return frame.File is null ? $"    {frame.Method}" : $"    {frame.Method}  {Path.GetFileName(frame.File)}:{frame.Line}";
            }

            yield return "";
        }

        yield return $"Not shown, of the library and the runtime: {threads.Count - shown.Count}. 'mp stack --all' shows all threads.";
    }
}
