namespace Multiprocessing.Steps;

/// <summary>What the parent does while the victim works.</summary>
internal static class Company
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    /// <summary>Sleeps for items as often as it can, so that a producer has a waiter to wake.</summary>
    public static void TakeWaiting(World world, ChildProcess victim)
    {
        if (world.Queue.TryGet(out var message, Moment))
        {
            world.Note(message);
        }
    }

    /// <summary>Sleeps for items now and then, so that a producer after that finds an arrival and no sleeper.</summary>
    public static void TakeWaitingBriefly(World world, ChildProcess victim)
    {
        while (world.Queue.TryGet(out var message, TimeSpan.FromMilliseconds(1)))
        {
            world.Note(message);
        }

        Thread.Sleep(10);
    }

    /// <summary>
    /// Takes much more than the victim, in step with it, however slowly it runs: so that others go on to the next ring, and the victim finds it so
    /// again and again.
    /// </summary>
    public static void TakeMuch(World world, ChildProcess victim)
    {
        Thread.Sleep(3);
        for (var i = 0; i < 5 && world.HasTaken < 40 * world.VictimHasTaken && world.Queue.TryGet(out var message); i++)
        {
            world.Note(message);
        }
    }

    public static void TakeAsync(World world, ChildProcess victim)
    {
        try
        {
            world.Note(world.Queue.GetAsync(Moment).AsTask().GetAwaiter().GetResult());
        }
        catch (QueueEmptyException)
        {
            // Nothing came in this moment; the victim may be starting, or dead.
        }
    }

    public static void TakeSlowly(World world, ChildProcess victim)
    {
        Thread.Sleep(3);
        if (world.Queue.TryGet(out var message))
        {
            world.Note(message);
        }
    }

    public static void PutWhenEmpty(World world, ChildProcess victim)
    {
        Thread.Sleep(3);
        if (world.Queue.Count == 0)
        {
            world.Put(1, 100);
        }
    }

    /// <summary>The same on the other side.</summary>
    public static void PutMuch(World world, ChildProcess victim)
    {
        Thread.Sleep(3);
        if (world.HasPut < 200 && world.HasPut < 20 * world.VictimHasPut)
        {
            world.Put(1, 40_000);
        }
    }

    public static void PutWaiting(World world, ChildProcess victim) => world.TryPut(Moment);

    /// <summary>Sleeps for room now and then.</summary>
    public static void PutWaitingBriefly(World world, ChildProcess victim)
    {
        while (world.TryPut(TimeSpan.FromMilliseconds(1)))
        {
            // As long as there is room at once.
        }

        Thread.Sleep(10);
    }

    /// <summary>Makes the victim wait for the lock, and lets it in.</summary>
    public static unsafe void HoldTheWriteLock(World world, ChildProcess victim)
    {
        var word = &world.Control->WriteLock;
        if (OwnerLock.Enter(word, Session.Current.Participants, Deadline.After(TimeSpan.FromSeconds(20))) is OwnerLock.Result.TimedOut)
        {
            throw new TimeoutException("The write lock could not be had.");
        }

        Thread.Sleep(12);
        OwnerLock.Exit(word);
        Thread.Sleep(1);
    }

    /// <summary>
    /// The victim finds the ring full and wants another one, which needs the table: meanwhile the ring is drained. The highest bit of a lock's word
    /// means that a waiter sleeps for it.
    /// </summary>
    public static unsafe void DrainWhileTheTableIsLocked(World world, ChildProcess victim)
    {
        if (!File.Exists(world.File(Order.Ready)) || File.Exists(world.File(Order.Go)))
        {
            Thread.Sleep(1);
            return;
        }

        Session.Current.Segments.Enter();
        File.WriteAllBytes(world.File(Order.Go), []);

        try
        {
            World.Wait(() => Volatile.Read(ref Session.Current.Memory.Header->TableLock) < 0, "the victim waits for the table");
            while (world.Queue.TryGet(out var message))
            {
                world.Note(message);
            }

            // The producers see the room when one of them looks for it.
            world.Put(1, 9000);
        }
        finally
        {
            Session.Current.Segments.Exit();
        }
    }
}
