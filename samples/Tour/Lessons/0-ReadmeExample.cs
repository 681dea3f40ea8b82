using Multiprocessing;

namespace Tour.Lessons;

/// <summary>The README's first lines, so that they compile and run for as long as they stand there.</summary>
internal static class ReadmeExample
{
    public static async Task Run(Check check)
    {
        using var queue = new ProcessQueue<string>();
        using var child = ChildProcess.Run(() =>
        {
            queue.Put($"Hello from process {CurrentProcess.Id}, child of {ParentProcess.Current}.");
            queue.Complete();
            return Enumerable.Range(1, 20).Aggregate(1L, (product, factor) => product * factor);
        });
        foreach (var line in queue.ReadAll()) { Console.WriteLine(line); }
        Console.WriteLine($"20! = {await child.Result}, and the child ended with {child.ExitStatus}.");

        check.Equal("the result came back", 2_432_902_008_176_640_000, await child.Result);
        check.That("the child ended well", child.ExitStatus is { IsSuccess: true });
    }
}
