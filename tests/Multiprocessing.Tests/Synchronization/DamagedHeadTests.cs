using System.Runtime.CompilerServices;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>
/// The head of an object's segment is overwritten: a death is reported all the same, and disposing the object neither hangs nor ends the program.
/// </summary>
public class DamagedHeadTests : ProcessTest
{
    private const int Seeds = 40;
    private const int SeedsWithDeaths = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Kinds => [.. Makers.Keys];

    private static Dictionary<string, Func<(IDisposable Handle, Func<SharedObject> Shared)>> Makers { get; } = new()
    {
        ["lock"] = static () => Of(new ProcessLock()),
        ["semaphore"] = static () => Of(new ProcessSemaphore(1)),
        ["event"] = static () => Of(new ProcessEvent()),
        ["barrier"] = static () => Of(new ProcessBarrier(2)),
        ["reader-writer lock"] = static () => Of(new ProcessReaderWriterLock()),
        ["condition"] = static () => Of(new ProcessCondition()),
        ["queue"] = static () =>
        {
            var queue = new ProcessQueue<int>();
            return (queue, () => queue.Core);
        },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public Task Disposing_of_it_ends(string kind) => Watchdog.Run(async () =>
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var (handle, shared) = Makers[kind]();
            Damage(shared(), new Random(seed));
            await Task.Run(handle.Dispose, TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    });

    [Fact]
    public Task The_death_of_a_holder_is_reported() => Watchdog.Run(
        async () =>
        {
            for (var seed = 0; seed < SeedsWithDeaths; seed++)
            {
                using var held = new ProcessLock();
                using var semaphore = new ProcessSemaphore(1);
                using var happened = new ProcessEvent();
                using var barrier = new ProcessBarrier(2);
                using var readerWriter = new ProcessReaderWriterLock();
                using var condition = new ProcessCondition();
                using var queue = new ProcessQueue<int>();
                using var child = ChildProcess.Run(
                    () =>
                    {
                        GC.KeepAlive((held, semaphore, happened, barrier, readerWriter, condition));
                        queue.Put(1);
                        Thread.Sleep(Timeout.Infinite);
                    },
                    Ends.Quiet);
                queue.Get(Patience).ShouldBe(1);
                var random = new Random(seed);
                foreach (var shared in new[] { held.Shared, semaphore.Shared, happened.Shared, barrier.Shared, readerWriter.Shared, condition.Shared, (SharedObject)queue.Core })
                {
                    Damage(shared, random);
                }

                child.Kill();
                child.Join(Patience).ShouldBeTrue($"seed {seed}");
                await Task.Run(
                    () =>
                    {
                        held.Dispose();
                        semaphore.Dispose();
                        happened.Dispose();
                        barrier.Dispose();
                        readerWriter.Dispose();
                        condition.Dispose();
                        queue.Dispose();
                    },
                    TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
            }
        },
        TimeSpan.FromMinutes(4));

    [Fact]
    public Task A_process_that_opens_it_gets_an_error_about_its_head() => Watchdog.Run(() =>
    {
        using var held = new ProcessLock();
        unsafe
        {
            held.Shared.Segment.Header->WaitPointCount = int.MaxValue;
            held.Shared.Segment.Header->LockOffset = -4;
        }

        using var child = ChildProcess.Run(() => held.Enter(), Ends.Quiet);
        child.TakeFailure().ShouldBeOfType<ProcessStartException>().ToString().ShouldContain("is damaged");
    });

    private static (IDisposable Handle, Func<SharedObject> Shared) Of(ProcessSynchronizationObject handle) => (handle, () => handle.Shared);

    private static unsafe void Damage(SharedObject shared, Random random)
    {
        var head = shared.Segment.Base;
        for (var i = random.Next(1, 12); i > 0; i--)
        {
            var value = random.Next(4) switch
            {
                0 => random.Next(),
                1 => int.MaxValue,
                2 => -1,
                _ => random.Next(-4096, 4096),
            };
            Volatile.Write(ref Unsafe.AsRef<int>(head + (random.Next(0, 12) * sizeof(int))), value);
        }
    }
}
