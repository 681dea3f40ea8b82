using System.Collections.Concurrent;
using System.Threading.Channels;
using Multiprocessing;

namespace Tour.Lessons;

/// <summary>
/// Queues between threads and queues between processes look similar and differ: .NET's own queues are in the memory of one process.
/// </summary>
internal static class TwoKindsOfQueue
{
    public static async Task Run(Check check)
    {
        Screen.Say(
            "Queues between threads live in the memory of one process. "
            + "A copy in another process would be a queue without a reader, so they are rejected:");
        var blocking = new BlockingCollection<int>();
        var concurrent = new ConcurrentQueue<int>();
        var channel = Channel.CreateUnbounded<int>();
        await Task.Run(() =>
        {
            blocking.Add(11);
            concurrent.Enqueue(11);
            channel.Writer.TryWrite(11);
        });
        check.Equal("between threads a BlockingCollection works", 11, blocking.Take());
        check.That("... and a ConcurrentQueue", concurrent.TryDequeue(out var taken) && taken == 11);
        check.Equal("... and a Channel", 11, await channel.Reader.ReadAsync());

        // The call that receives one rejects it, before it starts or puts anything.
        Refused<BlockingCollection<int>>(check, "a captured BlockingCollection is rejected", () => ChildProcess.Run(() => blocking.Add(11)));
        Refused<ConcurrentQueue<int>>(check, "a captured ConcurrentQueue is rejected", () => ChildProcess.Run(() => concurrent.Enqueue(11)));
        Refused<Channel<int>>(check, "a Channel as an argument is rejected", () => ChildProcess.Run(Fill, channel));
        using (var queue = new ProcessQueue<object>())
        {
            Refused<ConcurrentQueue<int>>(
                check, "... and so is one inside an item, in Put", () => queue.Put(new object[] { "two objects", concurrent }));
            check.That("... and the queue stays empty", queue.IsEmpty);
        }

        // Queue<T> is plain data, as a list is, and is copied.
        var plain = new Queue<int>([11, 22]);
        using var copier = ChildProcess.Run(EnqueueAndCount, plain);
        check.Equal("a plain Queue<T> can be sent: the child adds to its two items", 3, await copier.Result);
        check.Equal("... but to a copy: here there are still two", 2, plain.Count);

        // ProcessQueue<T> works between threads and between processes.
        using var shared = new ProcessQueue<string>();
        using var child = ChildProcess.Run(() => shared.Put("from a process"));
        await child.Completion;
        await Task.Run(() => shared.Put("from a thread"));
        check.Sequence("a ProcessQueue takes from processes and threads", ["from a process", "from a thread"], [shared.Get(), shared.Get()]);
    }

    private static void Refused<TCulprit>(Check check, string claim, Action action)
    {
        var refusal = check.Throws<NotSerializableException>(claim, action);
        Screen.Quote(refusal.Message);
        check.That("... and the exception names the object", refusal.Culprit.IsAssignableTo(typeof(TCulprit)));
    }

    private static void Fill(Channel<int> channel) => channel.Writer.TryWrite(11);

    private static int EnqueueAndCount(Queue<int> queue)
    {
        queue.Enqueue(33);
        return queue.Count;
    }
}
