using System.Diagnostics;

namespace Multiprocessing.Scenarios;

/// <summary>
/// Producers and consumers of three queues are killed at random moments and replaced while all go on. The books are kept in files, by single writes
/// that a kill cannot tear: a producer writes down each number after its put returned, a consumer after its get returned. A round takes seconds and
/// has its own mix, drawn from the seed; as many rounds follow each other as the time allows.
/// </summary>
internal static class Torture
{
    private const int MostPerPut = 3;
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static int Run(int seconds, int seed)
    {
        Report.Line("seed", seed);
        var handles = default(List<string>);
        var taken = 0;
        var time = Stopwatch.StartNew();
        for (var round = 0; round == 0 || time.Elapsed.TotalSeconds < seconds; round++)
        {
            taken += RunRound(new Random(unchecked(seed + round)), round);

            // The first round opens what stays open for as long as the program runs.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var now = HandlesWithoutSpares(handles?.Count);
            Require(handles is null || now.Count <= handles.Count, $"{now.Count} handles are open after round {round}: {string.Join(' ', now)}; before there were {handles?.Count}: {string.Join(' ', handles ?? [])}");
            handles ??= now;
        }

        Require(taken > 100, $"only {taken} messages were taken, so nothing was tried");
        Report.Line("tortured", time.Elapsed);
        return 0;
    }

    private static int RunRound(Random random, int round)
    {
        var before = Segments();
        var books = Directory.CreateTempSubdirectory("multiprocessing-torture-").FullName;
        int? capacity = random.Next(3) switch { 0 => 1, 1 => random.Next(2, 40), _ => null };
        var mix = new Mix(books, random.Next(20_000, 400_000), random.Next(5, 100));
        var (leastPause, mostPause) = random.Next(3) switch { 0 => (1, 30), 1 => (20, 80), _ => (20, 300) };
        var kills = new Kills();
        using (var unbounded = new ProcessQueue<TortureMessage>())
        using (var bounded = new ProcessQueue<TortureMessage>(random.Next(1, 20)))
        using (var stamps = new ProcessQueue<Stamp>(capacity))
        {
            var queues = new TortureQueues(unbounded, bounded, stamps);
            var workers = Enumerable.Range(0, random.Next(3, 7)).Select(index => new Worker(index % 2 == 0, mix, queues, kills)).ToList();
            for (var time = Stopwatch.StartNew(); time.Elapsed < RoundTime;)
            {
                workers[random.Next(workers.Count)].Replace(random.Next(5) > 0, random.Next(leastPause, mostPause));
            }

            workers.ForEach(worker => worker.KillIfProducer());
            unbounded.Complete();
            bounded.Complete();
            stamps.Complete();
            workers.ForEach(worker => worker.End());
            Require((unbounded.Count, bounded.Count, stamps.Count) is (0, 0, 0), "items stay in a completed queue that was read to its end");
            Require(unbounded.IsCompleted && bounded.IsCompleted && stamps.IsCompleted, "a queue that was read to its end is not completed");
        }

        var taken = Audit(books, kills, round);
        Directory.Delete(books, recursive: true);

        // A handle is lost with its message, and the file of its queue stays until the session ends.
        var left = Segments() - before;
        Require(left <= kills.All, $"{left} segments stay after {kills.All} kills");
        return taken;
    }

    /// <summary>A spare has handles too, and starts whenever a processor is idle. One that starts now ends a moment after the others.</summary>
    /// <param name="most">So many are expected; the wait for a starting spare ends with them.</param>
    private static List<string> HandlesWithoutSpares(int? most)
    {
        var maximum = SpareProcesses.MaxCount;
        SpareProcesses.MaxCount = 0;
        try
        {
            var time = Stopwatch.StartNew();
            while (true)
            {
                var now = OpenHandles();
                if ((OwnFootprint.CountChildren() == 0 && now.Count <= (most ?? int.MaxValue)) || time.Elapsed > Patience)
                {
                    return now;
                }

                Thread.Sleep(10);
            }
        }
        finally
        {
            SpareProcesses.MaxCount = maximum;
        }
    }

    /// <summary>Without what the runtime opens when code first needs it.</summary>
    private static List<string> OpenHandles() =>
    [
        .. (OperatingSystem.IsWindows() ? [] : Directory.EnumerateFileSystemEntries("/proc/self/fd"))
            .Select(path => new FileInfo(path).LinkTarget ?? "")
            .Where(target => Path.GetExtension(target) is not (".dll" or ".pdb" or ".so") && !target.StartsWith("/memfd:doublemapper", StringComparison.Ordinal))
            .Order(),
    ];

    /// <summary>Segments that are not free.</summary>
    private static unsafe int Segments() =>
        Enumerable.Range(1, Session.Current.Memory.Header->SegmentsUsed - 1).Count(index => Session.Current.Segments[index]->State != (int)SegmentState.Free);

    private static int Audit(string books, Kills kills, int round)
    {
        var seen = new HashSet<(int, int)>();
        var produced = new HashSet<(int, int)>();
        for (var incarnation = 0; incarnation < kills.Incarnations; incarnation++)
        {
            var last = new Dictionary<int, int>();
            foreach (var (producer, number) in TortureBook.Read(books, "taken", incarnation))
            {
                Require(number >= 0, $"round {round}: consumer {incarnation} got a torn message of producer {producer}");
                Require(number > last.GetValueOrDefault(producer, -1), $"round {round}: consumer {incarnation} got message {number} of producer {producer} after {last.GetValueOrDefault(producer)}");
                Require(seen.Add((producer, number)), $"round {round}: message {number} of producer {producer} came twice");
                last[producer] = number;
            }

            produced.UnionWith(TortureBook.Read(books, "put", incarnation));
        }

        var missing = produced.Except(seen).ToList();
        var unknown = seen.Except(produced).GroupBy(entry => entry.Item1).ToList();
        Report.Line("round", $"{round}: {kills.All} kills, {kills.OfConsumers} of consumers, {seen.Count} messages taken, {missing.Count} in the hands of dead consumers, {unknown.Count} producers died in a put that counts");
        Require(missing.Count <= kills.OfConsumers, $"round {round}: {missing.Count} messages are lost, and each of {kills.OfConsumers} dead consumers had one in hand at most: {string.Join(' ', missing.Take(20))}");
        Require(unknown.All(entries => entries.Count() <= MostPerPut), $"round {round}: messages came that nobody put");
        return seen.Count;
    }

    private static void Require(bool condition, string text)
    {
        if (!condition)
        {
            throw new InvalidOperationException(text);
        }
    }

    /// <param name="Books">Where the books lie.</param>
    /// <param name="LargestSize">Of a payload; one message in twenty is large.</param>
    /// <param name="OneInHasHandle">One message in so many carries the handle of a queue of its own.</param>
    private sealed record Mix(string Books, int LargestSize, int OneInHasHandle);

    private sealed record TortureQueues(ProcessQueue<TortureMessage> Unbounded, ProcessQueue<TortureMessage> Bounded, ProcessQueue<Stamp> Stamps);

    private sealed class Kills
    {
        public int Incarnations { get; set; }

        public int All { get; set; }

        public int OfConsumers { get; set; }
    }

    /// <summary>A place in which one child follows the other.</summary>
    private sealed class Worker
    {
        private readonly bool _produces;
        private readonly Mix _mix;
        private readonly TortureQueues _queues;
        private readonly Kills _kills;
        private ChildProcess _child;

        public Worker(bool produces, Mix mix, TortureQueues queues, Kills kills)
        {
            (_produces, _mix, _queues, _kills) = (produces, mix, queues, kills);
            _child = Start();
        }

        /// <summary>Kills the child some time after it began to work, or at once, wherever it is in its start.</summary>
        public void Replace(bool atWork, int afterMilliseconds)
        {
            for (var time = Stopwatch.StartNew(); atWork && _child.State is ProcessState.Starting && time.Elapsed < Patience;)
            {
                Thread.Sleep(1);
            }

            Thread.Sleep(afterMilliseconds);
            Kill();
            _child = Start();
        }

        public void KillIfProducer()
        {
            if (_produces)
            {
                Kill();
            }
        }

        public void End()
        {
            if (!_produces)
            {
                Require(_child.Join(Patience), $"{_child} does not come to the end of its queues");
                Require(_child.ExitStatus!.IsSuccess, $"{_child} ended with {_child.ExitStatus}: {_child.ExitStatus.Error}");
                _child.Dispose();
            }
        }

        private ChildProcess Start() => _produces
            ? ChildProcess.Run(Produce, _queues, _mix, _kills.Incarnations++)
            : ChildProcess.Run(Consume, _queues, _mix, _kills.Incarnations++);

        private void Kill()
        {
            _child.Kill();
            Require(_child.Join(Patience), $"{_child} does not die");
            Require(_child.ExitStatus!.Signal == 9, $"{_child} ended before it was killed, with {_child.ExitStatus}: {_child.ExitStatus.Error}");
            _child.Dispose();
            _kills.All++;
            _kills.OfConsumers += _produces ? 0 : 1;
        }
    }

    private static void Produce(TortureQueues queues, Mix mix, int incarnation)
    {
        using var book = new TortureBook(mix.Books, "put", incarnation);
        var random = new Random(incarnation);

        // Each producer has a number for each queue, and counts for each by itself.
        var numbers = new int[3];
        while (true)
        {
            var queue = random.Next(3);
            var producer = (incarnation * 3) + queue;
            var count = 1;
            if (queue == 2)
            {
                count = random.Next(1, MostPerPut + 1);
                queues.Stamps.PutMany(Enumerable.Range(numbers[queue], count).Select(number => Stamp.Of(producer, number)).ToArray());
            }
            else
            {
                var size = random.Next(20) == 0 ? random.Next(mix.LargestSize) : random.Next(200);
                using var carried = random.Next(mix.OneInHasHandle) == 0 ? new ProcessQueue<Stamp>() : null;
                carried?.Put(Stamp.Of(producer, numbers[queue]));
                (queue == 0 ? queues.Unbounded : queues.Bounded).Put(TortureMessage.Of(producer, numbers[queue], size, carried));
            }

            for (; count > 0; count--)
            {
                book.Write(producer, numbers[queue]++);
            }
        }
    }

    private static void Consume(TortureQueues queues, Mix mix, int incarnation)
    {
        using var book = new TortureBook(mix.Books, "taken", incarnation);
        var random = new Random(incarnation);
        var moment = TimeSpan.FromMilliseconds(2);
        while (!queues.Unbounded.IsCompleted || !queues.Bounded.IsCompleted || !queues.Stamps.IsCompleted)
        {
            // Waits at one queue for the first item, and takes what else there is.
            var queue = random.Next(3);
            for (var (burst, wait) = (random.Next(1, 100), moment); burst > 0; (burst, wait) = (burst - 1, TimeSpan.Zero))
            {
                if (queue == 2)
                {
                    if (!queues.Stamps.TryGet(out var stamp, wait))
                    {
                        break;
                    }

                    book.Write(stamp.Producer, stamp.IsWhole ? stamp.Number : -1);
                    continue;
                }

                if (!(queue == 0 ? queues.Unbounded : queues.Bounded).TryGet(out var message, wait))
                {
                    break;
                }

                book.Write(message.Producer, message.IsWhole ? message.Number : -1);
                message.Carried?.Dispose();
            }
        }
    }
}
