using System.Diagnostics;

namespace Multiprocessing.Steps;

/// <summary>A queue, two survivors that have it, and a victim: one death, and everything that must be so after it.</summary>
internal sealed unsafe class World
{
    private const int Parent = 1;
    private const int OtherSurvivor = 2;
    private const int Victims = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Provocation _provocation;
    private readonly Helper _helper;
    private readonly string _directory;
    private readonly List<Entry> _taken = [];
    private readonly List<Entry> _takenByOther = [];
    private readonly List<int> _victims = [];
    private readonly HashSet<string> _before;
    private int _put;
    private int _putByOther;

    private World(Provocation provocation, Helper helper, string directory)
    {
        _provocation = provocation;
        _helper = helper;
        _directory = directory;
        _before = [.. Segments(), .. FilesOfSession()];
        Queue = new ProcessQueue<Message>(provocation.Options);
    }

    public ProcessQueue<Message> Queue { get; }

    public QueueControl* Control => (QueueControl*)Queue.Core.Segment.Base;

    public int HasPut => _put;

    public int HasTaken => _taken.Count;

    public int VictimHasPut => Book.Count(new Order(default, _victims[^1], _directory).PutBook);

    public int VictimHasTaken => Book.Count(TakenBook(_victims[^1]));

    /// <summary>Runs one death and its aftermath.</summary>
    /// <returns>The process that died.</returns>
    public static int Run(KillPoint point, int passage, Provocation provocation, Helper helper, Action<World> watch)
    {
        var directory = Directory.CreateTempSubdirectory("multiprocessing-steps-").FullName;
        try
        {
            var world = new World(provocation, helper, directory);
            watch(world);
            return world.Run(point, passage);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public static void Wait(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Require(watch.Elapsed < Patience, $"it was never so that {what}");
            Thread.Sleep(1);
        }
    }

    public string File(string name) => Path.Combine(_directory, name);

    public void Put(int count, int size, ProcessQueue<Message>? handle = null)
    {
        for (var i = 0; i < count; i++)
        {
            Queue.Put(Message.Of(Parent, _put, size, handle), Patience);
            _put++;
        }
    }

    public bool TryPut(TimeSpan timeout)
    {
        var put = Queue.TryPut(Message.Of(Parent, _put, 100), timeout);
        _put += put ? 1 : 0;
        return put;
    }

    public void Note(Message message) => Survivor.Note(Queue, message, _taken);

    public string Describe() =>
        $"Count {Queue.Count}, write lock {Control->WriteLock:x8}, read lock {Control->ReadLock:x8}, chain lock {Control->ChainLock:x8}, "
        + $"table lock {Session.Current.Memory.Header->TableLock:x8}, put {Control->PutSequence}, got {Control->GotSequence}";

    private static void Require(bool condition, string text)
    {
        if (!condition)
        {
            throw new InvalidOperationException(text);
        }
    }

    /// <summary>Without what this process itself publishes while a victim looks.</summary>
    private static IEnumerable<string> FilesOfSession()
    {
        var own = Path.GetFileName(StatusFile.PathOf(Session.Current.Directory, Session.Current.Self));
        return Directory.EnumerateFiles(Session.Current.Directory).Select(path => Path.GetFileName(path))
            .Where(name => !name.StartsWith(own, StringComparison.Ordinal));
    }

    private static List<string> Segments(params int[] withoutPartsOf)
    {
        var names = new List<string>();
        for (var index = 1; index < Session.Current.Memory.Header->SegmentsUsed; index++)
        {
            var entry = Session.Current.Segments[index];
            if (entry->State != (int)SegmentState.Free && !withoutPartsOf.Contains(entry->Owner))
            {
                names.Add($"{index}-{entry->Generation}");
            }
        }

        return names;
    }

    private int Run(KillPoint point, int passage)
    {
        _helper.Do(new Command(CommandKind.Open, Queue));
        Prefill();
        foreach (var (deed, before, at) in _provocation.DiedBefore)
        {
            Kill(OrderFor(deed) with { Point = before.ToString(), Passage = at }, inSlotOfTheDead: false);
        }

        var victim = Kill(
            OrderFor(_provocation.Deed) with { Point = point.ToString(), Passage = passage },
            _provocation.InTheSlotOfTheDead);
        GoOn();
        Audit();
        Close();
        return victim;
    }

    private Order OrderFor(Deed deed)
    {
        _victims.Add(Victims * (_victims.Count + 1));
        return new Order(deed, _victims[^1], _directory);
    }

    private void Prefill()
    {
        for (var i = 0; i < _provocation.Prefill; i++)
        {
            using var handle = _provocation.PrefillHandles ? new ProcessQueue<Message>() : null;
            Put(1, _provocation.PrefillSize, handle);
        }

        for (var i = 0; i < _provocation.TakeBack; i++)
        {
            Note(Queue.GetNoWait());
        }

        if (_provocation.CompleteFirst)
        {
            Queue.Complete();
        }
    }

    private int Kill(Order order, bool inSlotOfTheDead)
    {
        var options = new ChildProcessOptions { StandardError = ProcessOutput.Discard };
        var last = order.Producer == _victims[^1] && order.Passage > 0 && _victims.Count > _provocation.DiedBefore.Length;
        if (last && _provocation.WhileJoining)
        {
            options.Environment[KillPoints.Variable] = $"{order.Point}:{order.Passage}";
            order = order with { Point = null };
        }

        var reserved = inSlotOfTheDead ? ReserveAllButTheDeadOnes() : [];
        try
        {
            using var victim = ChildProcess.Run(Victim.Run, order, Queue, options);
            while (last && _provocation.Meanwhile is { } meanwhile && victim.IsAlive)
            {
                meanwhile(this, victim);
            }

            Require(victim.Join(Patience), "the victim did not end");
            Require(victim.ExitStatus!.Signal == 9, $"the victim did not die but ended with {victim.ExitStatus} {victim.ExitStatus.Error}");
            return victim.Id;
        }
        catch (ProcessStartException) when (_provocation.WhileJoining)
        {
            return 0; // it died before it could say who it is
        }
        finally
        {
            foreach (var slot in reserved)
            {
                Session.Current.Liveness.Abandon(slot);
            }
        }
    }

    /// <summary>Takes every slot except that of the process that died while it had items.</summary>
    private List<ParticipantId> ReserveAllButTheDeadOnes()
    {
        var rows = (QueueRow*)(Queue.Core.Segment.Base + QueueControl.RowsOffset);
        var dead = Enumerable.Range(0, ParticipantTable.Capacity).Single(slot => rows[slot].InHand > 0 && slot != Session.Current.Self.Slot);
        var reserved = new List<ParticipantId>();
        try
        {
            while (true)
            {
                reserved.Add(Session.Current.Liveness.Reserve());
            }
        }
        catch (InvalidOperationException)
        {
            // All are taken, which is what it was for.
        }

        var its = reserved.Single(slot => slot.Slot == dead);
        Session.Current.Liveness.Abandon(its);
        reserved.Remove(its);
        return reserved;
    }

    /// <summary>The survivors put, take, chain, wait and are woken as if nothing had happened.</summary>
    private void GoOn()
    {
        if (Queue.IsCompletionRequested)
        {
            // No process puts any more, so none would take the lock over.
            var entered = OwnerLock.Enter(&Control->WriteLock, Session.Current.Participants, Deadline.After(Patience));
            Require(entered is not OwnerLock.Result.TimedOut, "the write lock of a completed queue cannot be had");
            OwnerLock.Exit(&Control->WriteLock);
        }
        else
        {
            if (Queue.Capacity is { } capacity)
            {
                while (TryPut(TimeSpan.Zero))
                {
                    Require(Queue.Count <= capacity, "more items are in the queue than it has room for");
                }

                Require(Queue.Count == capacity, $"a put said full at {Queue.Count} of {capacity}");
            }
            else
            {
                var before = Queue.Count;
                PutBoth(10, 500);
                PutBoth(3, 30_000);
                Require(Queue.Count == before + 26, $"{before} items and 26 more are {Queue.Count}");
                if (Volatile.Read(ref Control->ChainLock) != 0)
                {
                    // Too large for any existing ring: the process that creates the next one takes the abandoned lock over.
                    Put(1, 5 << 20);
                }
            }
        }

        TakeAll();
        if (!Queue.IsCompletionRequested)
        {
            // A waiter is woken, on both sides.
            _helper.Begin(new Command(CommandKind.TakeOneWaiting));
            Thread.Sleep(2);
            Put(1, 100);
            _takenByOther.AddRange(_helper.End());
            _helper.Begin(new Command(CommandKind.Put, null, OtherSurvivor, _putByOther++, 1, 100));
            Note(Queue.Get(Patience));
            _helper.End();
            Queue.Complete();
        }

        Require(Queue.IsCompleted, "a completed and drained queue does not say so");
        try
        {
            Require(Queue.WaitAllDone(Patience), "the items are never all done");
        }
        catch (ItemsLostException)
        {
            // The items that the dead process had taken; the next wait must find all items done.
            Require(_victims.Any(victim => new FileInfo(TakenBook(victim)).Exists), "items are lost that nobody took");
            Require(Queue.WaitAllDone(Patience), "the items are never all done after the loss was told");
        }

        var locks = (Control->WriteLock, Control->ReadLock, Control->ChainLock, Session.Current.Memory.Header->TableLock);
        Require(locks is (0, 0, 0, 0), $"a lock is not free: {Describe()}");
    }

    private void PutBoth(int count, int size)
    {
        _helper.Begin(new Command(CommandKind.Put, null, OtherSurvivor, _putByOther, count, size));
        _putByOther += count;
        Put(count, size);
        _helper.End();
    }

    private void TakeAll()
    {
        var count = Queue.Count;
        var before = _taken.Count + _takenByOther.Count;
        _helper.Begin(new Command(CommandKind.TakeAll));
        while (Queue.TryGet(out var message))
        {
            Note(message);
        }

        _takenByOther.AddRange(_helper.End());
        var taken = _taken.Count + _takenByOther.Count - before;
        Require(taken == count && Queue.Count == 0, $"the count was {count}, {taken} items were taken, and the count is {Queue.Count}");
    }

    private string TakenBook(int victim) => new Order(default, victim, _directory).TakenBook;

    private void Audit()
    {
        var takers = new List<(string Who, List<Entry> Entries)> { ("the parent", _taken), ("the other survivor", _takenByOther) };
        var put = new List<Entry>();
        put.AddRange(Enumerable.Range(0, _put).Select(number => new Entry(Parent, number)));
        put.AddRange(Enumerable.Range(0, _putByOther).Select(number => new Entry(OtherSurvivor, number)));
        foreach (var producer in _victims.SelectMany(victim => new[] { victim, victim + 1, victim + 2 }))
        {
            var order = new Order(default, producer, _directory);
            takers.Add(($"victim {producer}", Book.Read(order.TakenBook)));
            put.AddRange(Book.Read(order.PutBook));
        }

        var seen = new HashSet<Entry>();
        foreach (var (who, entries) in takers)
        {
            var last = new Dictionary<int, int>();
            foreach (var entry in entries)
            {
                Require(entry.Number >= 0, $"{who} got a torn message of {entry.Producer}");
                Require(entry.Number > last.GetValueOrDefault(entry.Producer, -1), $"{who} got {entry} after {last.GetValueOrDefault(entry.Producer)}");
                Require(seen.Add(entry), $"{entry} came twice");
                last[entry.Producer] = entry.Number;
            }
        }

        // Put, and its book says nothing of it: the put in which its producer died.
        var extra = seen.Except(put).ToList();
        Require(extra.All(entry => entry.Producer >= Victims), $"messages came that nobody put: {string.Join(' ', extra)}");
        Require(extra.GroupBy(entry => entry.Producer).All(group => group.Count() == 1), $"more came from one dead producer than it can have had in hand: {string.Join(' ', extra)}");

        // Taken, and no book says so: the take in which its consumer died.
        var missing = put.Except(seen).ToList();
        var takes = _provocation.DiedBefore.Select(died => died.Deed).Append(_provocation.Deed).Sum(InHandAtMost);
        Require(missing.Count <= takes, $"{missing.Count} messages are lost, and the dead can have had {takes} in hand: {string.Join(' ', missing.Take(20))}");
        if (_provocation.Committed is { } committed)
        {
            var isTake = InHandAtMost(_provocation.Deed) > 0;
            var moved = isTake ? missing.Count : extra.Count;
            Require(moved == (committed ? 1 : 0), $"the {(isTake ? "take" : "put")} {(committed ? "was" : "was not")} committed, and {moved} messages moved");
        }
    }

    private static int InHandAtMost(Deed deed) => deed switch
    {
        Deed.Take or Deed.TakePaced or Deed.TakeAsync or Deed.TakeAndMarkAll or Deed.PutAndTake or Deed.PutAndTakeInBursts or Deed.PutToTheEndOfTheRing => 1,
        Deed.PutInTwoThreads => 2,
        _ => 0,
    };

    /// <summary>Nothing is left of the queue, of what the dead held, and of what they had begun.</summary>
    private void Close()
    {
        _helper.Do(new Command(CommandKind.Close));
        Queue.Dispose();
        var segments = Segments(_helper.Segments).Except(_before).ToList();
        Require(segments.Count <= _provocation.Leaks, $"segments stay: {string.Join(' ', segments)}");
        var files = FilesOfSession().Except(Segments()).Except(_before).ToList();
        Require(files.Count == 0, $"files stay that are no segments: {string.Join(' ', files)}");
    }
}
