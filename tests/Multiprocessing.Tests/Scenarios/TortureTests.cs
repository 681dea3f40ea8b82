using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// Producers and consumers are killed at random moments and replaced while all go on. The books are kept in files, by single writes that a kill
/// cannot tear: a producer writes down each number after its put returned, a consumer after its get returned.
/// </summary>
public class TortureTests : ProcessTest
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(null)]
    [InlineData(8)]
    public Task Random_kills_lose_nothing_but_what_the_dead_had_in_hand(int? capacity) => Watchdog.Run(() => Torture(capacity), TimeSpan.FromSeconds(120));

    private static void Torture(int? capacity)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var books = new TemporaryDirectory();
        using var queue = new ProcessQueue<Message>(capacity).Watch();
        var incarnations = 0;
        var producers = Enumerable.Range(0, 2).Select(_ => StartProducer()).ToArray();
        var consumers = Enumerable.Range(0, 2).Select(_ => StartConsumer()).ToArray();
        var (kills, killedConsumers) = (0, 0);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Duration; kills++)
        {
            Thread.Sleep(random.Next(20, 80));
            var victim = random.Next(4);
            var place = victim < 2 ? producers : consumers;
            Posix.Signal(place[victim % 2].Id, Posix.SigKill);
            End(place[victim % 2], expectSignal: true);
            place[victim % 2] = victim < 2 ? StartProducer() : StartConsumer();
            killedConsumers += victim < 2 ? 0 : 1;
        }

        foreach (var producer in producers)
        {
            Posix.Signal(producer.Id, Posix.SigKill);
            End(producer, expectSignal: true);
        }

        queue.Complete();
        foreach (var consumer in consumers)
        {
            End(consumer, expectSignal: false);
        }

        queue.Count.ShouldBe(0);
        queue.IsCompleted.ShouldBeTrue();
        Audit(books, incarnations, killedConsumers, kills);

        ChildProcess StartProducer() => ChildProcess.Run(Produce, queue, incarnations++, books.Path, Ends.Quiet);
        ChildProcess StartConsumer() => ChildProcess.Run(Consume, queue, incarnations++, books.Path, Ends.Quiet);
    }

    private static void End(ChildProcess child, bool expectSignal)
    {
        using (child)
        {
            child.Join();
            (child.ExitStatus!.Signal == Posix.SigKill).ShouldBe(expectSignal, $"{child} ended with {child.ExitStatus}: {child.ExitStatus.Error}");
        }
    }

    private static void Audit(TemporaryDirectory books, int incarnations, int killedConsumers, int kills)
    {
        var seen = new Dictionary<int, HashSet<int>>();
        var consumed = 0;
        for (var incarnation = 0; incarnation < incarnations; incarnation++)
        {
            var last = new Dictionary<int, int>();
            foreach (var (producer, number) in Records(books.File($"consumed-{incarnation}")))
            {
                number.ShouldBeGreaterThanOrEqualTo(0, $"consumer {incarnation} got a torn message of producer {producer}");
                number.ShouldBeGreaterThan(last.GetValueOrDefault(producer, -1), $"consumer {incarnation} got messages of producer {producer} out of order");
                last[producer] = number;
                var numbers = seen.TryGetValue(producer, out var known) ? known : seen[producer] = [];
                numbers.Add(number).ShouldBeTrue($"message {number} of producer {producer} came twice");
                consumed++;
            }
        }

        var missing = new List<string>();
        for (var incarnation = 0; incarnation < incarnations; incarnation++)
        {
            var numbers = seen.GetValueOrDefault(incarnation, []);
            foreach (var (_, number) in Records(books.File($"produced-{incarnation}")))
            {
                if (!numbers.Contains(number))
                {
                    missing.Add($"{incarnation}:{number}");
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills, {killedConsumers} of consumers, {consumed} messages consumed, {missing.Count} in the hands of the dead ({string.Join(' ', missing.Take(20))})");
        missing.Count.ShouldBeLessThanOrEqualTo(killedConsumers, "each consumer has one message in hand at most");
        consumed.ShouldBeGreaterThan(100, "otherwise nothing was tried");
        kills.ShouldBeGreaterThan(20, "otherwise nothing was tried");
    }

    private static IEnumerable<(int Producer, int Number)> Records(string path)
    {
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        for (var i = 0; i + 8 <= bytes.Length; i += 8)
        {
            yield return (BitConverter.ToInt32(bytes, i), BitConverter.ToInt32(bytes, i + 4));
        }
    }

    private static void Produce(ProcessQueue<Message> queue, int incarnation, string books)
    {
        using var book = new Book(books, $"produced-{incarnation}");
        var random = new Random(incarnation);
        for (var number = 0; ; number++)
        {
            queue.Put(Message.Of(incarnation, number, random.Next(20) == 0 ? random.Next(300_000) : random.Next(200)));
            book.Write(incarnation, number);
        }
    }

    private static void Consume(ProcessQueue<Message> queue, int incarnation, string books)
    {
        using var book = new Book(books, $"consumed-{incarnation}");
        foreach (var message in queue.ReadAll())
        {
            book.Write(message.Producer, message.IsWhole ? message.Number : -1);
        }
    }

    /// <summary>A file of 8-byte records, unbuffered: what is written stays when the writer is killed.</summary>
    private sealed class Book(string directory, string name) : IDisposable
    {
        private readonly FileStream _file = new(Path.Combine(directory, name), FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

        public void Write(int producer, int number)
        {
            Span<byte> record = stackalloc byte[8];
            BitConverter.TryWriteBytes(record, producer);
            BitConverter.TryWriteBytes(record[4..], number);
            _file.Write(record);
        }

        public void Dispose() => _file.Dispose();
    }

    /// <summary>Checks itself: each byte follows from producer, number and place.</summary>
    private sealed record Message(int Producer, int Number, byte[] Payload)
    {
        public bool IsWhole
        {
            get
            {
                for (var i = 0; i < Payload.Length; i++)
                {
                    if (Payload[i] != At(i))
                    {
                        return false;
                    }
                }

                return true;
            }
        }

        public static Message Of(int producer, int number, int size)
        {
            var message = new Message(producer, number, new byte[size]);
            for (var i = 0; i < size; i++)
            {
                message.Payload[i] = message.At(i);
            }

            return message;
        }

        private byte At(int index) => (byte)((Producer * 31) + (Number * 7) + index);
    }
}
