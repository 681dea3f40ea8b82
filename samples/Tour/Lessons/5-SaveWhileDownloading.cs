using Multiprocessing;

namespace Tour.Lessons;

/// <summary>One process downloads, another saves, with an unbounded queue between them.</summary>
internal static class SaveWhileDownloading
{
    public static async Task Run(Check check)
    {
        Screen.Say("One process downloads 11, 22 and 33, another saves them as they arrive:");

        // The number of items is not known in advance, so the queue has no capacity.
        using var queue = new ProcessQueue<int>();
        using var downloader = ChildProcess.Run(Download, queue);
        using var saver = ChildProcess.Run(Save, queue);
        await downloader.Completion;
        check.Sequence("all that was downloaded was saved", [11, 22, 33], await saver.Result);

        Screen.Say("The tutorial itself ends its loop with `if q.empty(): break`. The same with a network that pauses after the first item:");
        using var slowQueue = new ProcessQueue<int>();
        using var network = new ProcessQueue<string>();
        using var slow = ChildProcess.Run(DownloadSlowly, slowQueue, network);
        using var hasty = ChildProcess.Run(SaveUntilEmpty, slowQueue);
        check.Sequence("the tutorial's way, which checks whether the queue is empty, saves only what arrived in time", [11], await hasty.Result);
        network.Put("awake again");
        await slow.Completion;
        check.Sequence("... and leaves the rest in the queue", [22, 33], slowQueue.ReadAll());
    }

    private static void Download(ProcessQueue<int> queue)
    {
        foreach (var item in new[] { 11, 22, 33 })
        {
            queue.Put(item);
        }

        Console.WriteLine("    Download to queue complete.");
        queue.Complete();
    }

    /// <summary>
    /// ReadAll ends when the downloader has called Complete and all items were taken. IsEmpty cannot replace it: an empty queue may receive items
    /// later, depending on which process is faster.
    /// </summary>
    private static List<int> Save(ProcessQueue<int> queue)
    {
        var saved = new List<int>();
        foreach (var item in queue.ReadAll())
        {
            Console.WriteLine($"    Add {item}");
            saved.Add(item);
        }

        Console.WriteLine($"    Save finished: [{string.Join(", ", saved)}]");
        return saved;
    }

    private static void DownloadSlowly(ProcessQueue<int> queue, ProcessQueue<string> network)
    {
        queue.Put(11);
        _ = network.Get();
        queue.Put(22);
        queue.Put(33);
        queue.Complete();
    }

    /// <summary>The tutorial's loop, with its defect.</summary>
    private static List<int> SaveUntilEmpty(ProcessQueue<int> queue)
    {
        var saved = new List<int>();
        do
        {
            saved.Add(queue.Get());
        }
        while (!queue.IsEmpty);
        return saved;
    }
}
