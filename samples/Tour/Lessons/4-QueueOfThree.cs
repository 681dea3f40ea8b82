using Multiprocessing;

namespace Tour.Lessons;

/// <summary>First in, first out, and at most three items: every call of a bounded queue.</summary>
internal static class QueueOfThree
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    public static async Task Run(Check check)
    {
        Screen.Say("First in, first out, at most three items. The message of an exception is shown below its call.");

        // Usually a queue has items of one type. ProcessQueue<object> accepts everything that can be sent to another process.
        using var queue = new ProcessQueue<object>(3);
        var juran = new Dictionary<string, string> { ["name"] = "juran" };

        queue.Put(new List<int> { 11, 22 });
        check.Equal("after one Put there is 1 item", 1, queue.Count);
        check.That("... and the queue is neither full nor empty", queue is { IsFull: false, IsEmpty: false });

        queue.Put(juran);
        queue.Put(33);
        check.Equal("after three there are 3", 3, queue.Count);
        check.That("... and the queue for three is full", queue.IsFull && queue.Capacity == 3);

        var full = check.Throws<QueueFullException>("PutNoWait on a full queue throws at once", () => queue.PutNoWait(juran));
        Screen.Quote(full.Message);
        full = check.Throws<QueueFullException>("Put with a time-out throws when the time has elapsed", () => queue.Put(juran, Short));
        Screen.Quote(full.Message);
        check.That("TryPut returns false instead", !queue.TryPut(juran) && !queue.TryPut(juran, Short));

        check.Sequence("Get returns what was put first: [11, 22]", [11, 22], (List<int>)queue.Get());
        check.Sequence("... then {\"name\": \"juran\"}", juran, (Dictionary<string, string>)queue.Get());
        check.Equal("... then 33", 33, queue.Get());

        var empty = check.Throws<QueueEmptyException>("GetNoWait on an empty queue throws at once", () => queue.GetNoWait());
        Screen.Quote(empty.Message);
        empty = check.Throws<QueueEmptyException>("Get with a time-out throws when the time has elapsed", () => queue.Get(Short));
        Screen.Quote(empty.Message);
        check.That("TryGet returns false instead", !queue.TryGet(out _));
        check.That("in the end the queue is not full but empty", queue is { IsFull: false, IsEmpty: true, Count: 0 });

        // Without a time-out, Put waits for room and Get for an item. The child puts its fourth item only after the first was taken here.
        using var child = ChildProcess.Run(PutFour, queue);
        var numbers = new[] { queue.Get(), queue.Get(), queue.Get(), queue.Get() };
        await child.Completion;
        check.Sequence("between two processes: Get waited for each item, and Put for room", [1, 2, 3, 4], numbers.Cast<int>());
    }

    private static void PutFour(ProcessQueue<object> queue)
    {
        for (var number = 1; number <= 4; number++)
        {
            queue.Put(number);
        }
    }
}
