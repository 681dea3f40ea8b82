using System.Diagnostics;

namespace Multiprocessing.Steps;

/// <summary>A child that works until it dies at its point. This returns only if it never reached the point.</summary>
internal static class Victim
{
    private static readonly ChildProcessOptions Quiet = new() { StandardError = ProcessOutput.Discard };

    public static void Run(Order order, ProcessQueue<Message> queue)
    {
        using var put = new Book(order.PutBook);
        using var taken = new Book(order.TakenBook);
        if (order.Point is not null)
        {
            KillPoints.Arm(Enum.Parse<KillPoint>(order.Point), order.Passage);
        }

        switch (order.Deed)
        {
            case Deed.Put:
                Put(order, queue, put, 1000, number => number % 3 == 0 ? 9000 : 100);
                break;
            case Deed.PutPaced:
                PutPaced(order, queue, put);
                break;
            case Deed.PutOnSignal:
                Put(order, queue, put, 1, _ => 100);
                File.WriteAllBytes(Path.Combine(order.Directory, Order.Ready), []);
                while (!File.Exists(Path.Combine(order.Directory, Order.Go)))
                {
                    Thread.Sleep(1);
                }

                Put(order, queue, put, 100, _ => 9000, first: 1);
                break;
            case Deed.PutToTheEndOfTheRing:
                PutToTheEndOfTheRing(order, queue, put, taken);
                break;
            case Deed.PutHandles:
                PutHandles(order, queue, put);
                break;
            case Deed.PutInTwoThreads:
                PutInTwoThreads(order, queue);
                break;
            case Deed.PutAndTake:
                PutAndTake(order, queue, put, taken);
                break;
            case Deed.PutAndTakeInBursts:
                PutAndTakeInBursts(order, queue, put, taken);
                break;
            case Deed.Take:
                Take(queue, taken, pause: 0);
                break;
            case Deed.TakePaced:
                Take(queue, taken, pause: 20);
                break;
            case Deed.TakeAsync:
                TakeAsync(queue, taken).GetAwaiter().GetResult();
                break;
            case Deed.TakeAndMarkAll:
                while (queue.TryGet(out var message))
                {
                    taken.Write(message);
                    queue.MarkDone();
                }

                break;
            case Deed.WaitDone:
                queue.WaitAllDone(TimeSpan.FromSeconds(10));
                break;
            case Deed.Complete:
                queue.Complete();
                break;
            case Deed.DisposeQueues:
                DisposeQueues();
                break;
            case Deed.DisposeTheQueue:
                queue.Dispose();
                break;
            case Deed.DropHandles:
                DropHandles(order.Producer);
                break;
            case Deed.PassEnds:
                PassEnds();
                break;
            case Deed.PassBuffers:
                PassBuffers();
                break;
            case Deed.ShareInputs:
                ShareInputs();
                break;
            case Deed.MoveContents:
                MoveContents();
                break;
            case Deed.MakeManyQueues:
                MakeManyQueues();
                break;
            case Deed.RunChildren:
                RunChildren(queue, new Order(Deed.Nothing, order.Producer + 1000, order.Directory), 3);
                break;
            case Deed.RunChildrenThatDie:
                RunChildren(queue, new Order(Deed.Put, order.Producer + 1000, order.Directory) { Point = nameof(KillPoint.PutLocked), Passage = 1 }, 3);
                break;
            case Deed.RunChildThatDiesInTheTable:
                RunChildren(queue, new Order(Deed.DisposeQueues, order.Producer + 1000, order.Directory) { Point = nameof(KillPoint.EntryTaken), Passage = 1 }, 1);
                break;
            case Deed.ReserveAndAbandon:
                for (var i = 0; i < 20; i++)
                {
                    Session.Current.Liveness.Abandon(Session.Current.Liveness.Reserve());
                }

                break;
            case Deed.TellOwnEnd:
                Session.Current.Liveness.RecordSelf(ExitReason.Exited, 0);
                break;
            case Deed.MakeSessions:
                for (var i = 0; i < 3; i++)
                {
                    Session.CreateRoot().Leave();
                }

                break;
            case Deed.Sweep:
                Sweep(order, queue);
                break;
            case Deed.PublishStatus:
                PublishStatus();
                break;
            case Deed.Nothing:
                break;
            default:
                throw new InvalidOperationException($"Nobody has said how to do {order.Deed}.");
        }
    }

    private static void RunChildren(ProcessQueue<Message> queue, Order order, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var child = ChildProcess.Run(Run, order, queue, Quiet);
            child.Join();
        }
    }

    private static void Put(Order order, ProcessQueue<Message> queue, Book book, int count, Func<int, int> sizeOf, int first = 0)
    {
        for (var number = first; number < first + count; number++)
        {
            var message = Message.Of(order.Producer, number, sizeOf(number));
            queue.Put(message);
            book.Write(message);
        }
    }

    private static void PutPaced(Order order, ProcessQueue<Message> queue, Book book)
    {
        for (var number = 0; number < 5000; number++)
        {
            // The waiter for it is asleep again by then.
            Thread.Sleep(3);
            Put(order, queue, book, 1, _ => 100, number);
        }
    }

    /// <summary>
    /// Leaves 8 bytes of the first ring's memory behind the last record, which is too few for a link, and then asks for a next ring.
    /// </summary>
    private static unsafe void PutToTheEndOfTheRing(Order order, ProcessQueue<Message> queue, Book put, Book taken)
    {
        const int sample = 1000;
        var control = (QueueControl*)queue.Core.Segment.Base;
        var number = 0;
        Put(order, queue, put, 1, _ => sample, number++);
        var around = (int)Head() - sample;
        while (QueueControl.FirstRingBytes - Head() > 3 * sample)
        {
            Put(order, queue, put, 1, _ => sample, number++);
        }

        for (var i = 0; i < 5; i++)
        {
            taken.Write(queue.GetNoWait());
        }

        // All that varies in a record's size is the payload, and all positions are multiples of 8.
        var toEnd = (int)(QueueControl.FirstRingBytes - Head());
        Put(order, queue, put, 1, _ => toEnd - 8 - around, number++);
        if (QueueControl.FirstRingBytes - Head() != 8)
        {
            throw new InvalidOperationException($"{QueueControl.FirstRingBytes - Head()} bytes are left, and not 8 (a message has {around} bytes around it).");
        }

        Put(order, queue, put, 1, _ => 20_000, number);

        long Head() => (&control->Put0)[control->PutSequence & 1].Head;
    }

    private static void PutHandles(Order order, ProcessQueue<Message> queue, Book book)
    {
        for (var number = 0; number < 10; number++)
        {
            using var inner = new ProcessQueue<Message>();
            var message = Message.Of(order.Producer, number, 100, inner);
            queue.Put(message);
            book.Write(message);
        }
    }

    private static void PutInTwoThreads(Order order, ProcessQueue<Message> queue)
    {
        var threads = Enumerable.Range(1, 2).Select(index => new Thread(() =>
        {
            var mine = order with { Producer = order.Producer + index };
            using var put = new Book(mine.PutBook);
            using var taken = new Book(mine.TakenBook);
            var watch = Stopwatch.StartNew();
            for (var number = 0; watch.Elapsed < TimeSpan.FromSeconds(10); number++)
            {
                Put(mine, queue, put, 1, _ => 10, number);
                if (queue.TryGet(out var message))
                {
                    taken.Write(message);
                }
            }
        })).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }
    }

    private static void PutAndTake(Order order, ProcessQueue<Message> queue, Book put, Book taken)
    {
        for (var number = 0; number < 5000; number++)
        {
            Put(order, queue, put, 1, _ => 1500, number);
            taken.Write(queue.GetNoWait());
        }
    }

    private static void PutAndTakeInBursts(Order order, ProcessQueue<Message> queue, Book put, Book taken)
    {
        for (var burst = 0; burst < 20; burst++)
        {
            Put(order, queue, put, 30 + (20 * burst), _ => 10_000, burst * 1000);
            while (queue.TryGet(out var message))
            {
                taken.Write(message);
            }
        }
    }

    private static void Take(ProcessQueue<Message> queue, Book book, int pause)
    {
        while (!queue.IsCompleted)
        {
            try
            {
                var message = queue.Get(TimeSpan.FromSeconds(5));
                book.Write(message);
                message.Handle?.Dispose();
            }
            catch (QueueEmptyException)
            {
                return;
            }

            if (pause > 0)
            {
                Thread.Sleep(pause);
            }
        }
    }

    private static async Task TakeAsync(ProcessQueue<Message> queue, Book book)
    {
        for (var i = 0; i < 1000; i++)
        {
            book.Write(await queue.GetAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false));
        }
    }

    private static void DisposeQueues()
    {
        for (var i = 0; i < 10; i++)
        {
            using var queue = new ProcessQueue<Message>();
            for (var number = 0; number < 5; number++)
            {
                queue.Put(Message.Of(0, number, 20_000));
            }
        }
    }

    private static void DropHandles(int producer)
    {
        for (var i = 0; i < 5; i++)
        {
            using var outer = new ProcessQueue<Message>();
            using (var inner = new ProcessQueue<Message>())
            {
                outer.Put(Message.Of(producer, 0, 10, inner));
                outer.Put(Message.Of(producer, 1, 10, inner));
            }
        }
    }

    /// <summary>Ends of pipes are used, sent to this process itself and received, and released.</summary>
    private static void PassEnds()
    {
        for (var i = 0; i < 5; i++)
        {
            var (one, other) = ProcessPipe.Create();
            one.Send(i);
            other.Receive<int>();
            using (var post = new ProcessQueue<Connection>())
            {
                post.Put(other);
                post.Get().Dispose();
            }

            one.Dispose();
            other.Dispose();
        }
    }

    /// <summary>Buffers are sent to this process itself after their sender has given them up, and received.</summary>
    private static void PassBuffers()
    {
        using var pool = new SharedMemoryPool(maxPooledBytes: 0);
        using var post = new ProcessQueue<SharedBuffer<byte>>();
        for (var i = 0; i < 5; i++)
        {
            using (var sent = pool.Rent(10_000))
            {
                post.Put(sent);
            }

            post.Get().Dispose();
        }
    }

    /// <summary>Values are shared, one with a handle in it, sent to this process itself, disposed, and then rebuilt from the message.</summary>
    private static void ShareInputs()
    {
        using var post = new ProcessQueue<SharedInput<int[]>>();
        for (var i = 0; i < 5; i++)
        {
            using (var buffer = new SharedBuffer<byte>(10_000))
            using (SharedInput<SharedBuffer<byte>>.Create(buffer))
            {
            }

            using (var sent = SharedInput<int[]>.Create(new int[2000]))
            {
                post.Put(sent);
            }

            using var received = post.Get();
            if (received.Value.Length != 2000)
            {
                throw new InvalidOperationException("Another value arrived.");
            }
        }
    }

    /// <summary>Large messages take the way of a result: into shared memory, in flight, given up by their sender, opened by the reader of the frame.</summary>
    private static void MoveContents()
    {
        for (var i = 0; i < 5; i++)
        {
            using var message = MessageBuffer.Rent();
            ValueSerializer.Serialize(message, new byte[SharedContent.From + i], "content");
            var content = SharedContent.TryLay(message) ?? throw new InvalidOperationException("There is no room.");
            content.Memory.StartTravel();
            content.Release();
            SharedContent.Open(content.Reference(isInFlight: true)).Release();
        }
    }

    private static unsafe void MakeManyQueues()
    {
        var queues = new List<ProcessQueue<Message>>();
        for (var more = Session.Current.Memory.Header->SegmentCapacity; more >= 0; more--)
        {
            queues.Add(new ProcessQueue<Message>());
        }

        queues.ForEach(queue => queue.Dispose());
    }

    /// <summary>Looks at its own program, and so publishes what it is. A victim that does not die ends after some publications.</summary>
    private static void PublishStatus()
    {
        var session = Session.Current;
        ChildrenStatus.Begin();
        using var view = SessionView.TryOpen(session.Directory, out _)!;
        for (var i = 0; i < 100; i++)
        {
            view.Look(Environment.TickCount64);
            Thread.Sleep(50);
        }
    }

    /// <summary>A session whose root was killed; another program's sweep may be faster, so several.</summary>
    private static void Sweep(Order order, ProcessQueue<Message> queue)
    {
        for (var i = 0; i < 5; i++)
        {
            var root = new Order(Deed.MakeSessions, order.Producer + 1000, order.Directory) { Point = nameof(KillPoint.DirectoryNamed), Passage = 1 };
            RunChildren(queue, root, 1);
            SessionSweep.Run();
        }
    }
}
