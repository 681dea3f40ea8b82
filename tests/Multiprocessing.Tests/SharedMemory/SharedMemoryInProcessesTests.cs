using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>All processes see what one writes; how the memory crosses, and when it is removed. Each test proves that nothing is left.</summary>
public sealed class SharedMemoryInProcessesTests : ProcessTest
{
    [Fact]
    public Task It_crosses_as_itself_when_captured_passed_returned_and_put_into_a_queue() => Watchdog.Run(() =>
    {
        using var memory = new SharedMemory(5000);
        using var value = new SharedValue<(int, int)>((1, 2));
        using var array = new SharedArray<double>([1, 2, 3]);
        using var matrix = new SharedArray2D<int>(2, 3);
        using var queue = new ProcessQueue<Parcel>();
        queue.Put(new Parcel("all of it", memory, value, [array, array], matrix));
        using var back = ChildProcess.Run(
            (SharedArray<double> passed) =>
            {
                var parcel = queue.Get();
                var (got, gotArray) = (parcel.Memory, parcel.Arrays[0]);
                gotArray.ShouldBeSameAs(parcel.Arrays[1]);
                (memory.Size, got.Size).ShouldBe((5000, 5000));
                memory.Span[4999] = 1;
                got.Span[4999]++;
                parcel.Value.Value = (value.Value.Item2, value.Value.Item1);
                passed[0] = 10;
                array[1] = 20;
                gotArray[2] = 30;
                matrix[1, 2] = 12;
                parcel.Matrix[0, 0] = 1;
                return parcel;
            },
            array).Take();
        memory.Span[4999].ShouldBe((byte)2);
        value.Value.ShouldBe((2, 1));
        array.ToArray().ShouldBe([10, 20, 30]);
        matrix.ToArray().ShouldBe(new[,] { { 1, 0, 0 }, { 0, 0, 12 } });
        back.Text.ShouldBe("all of it");
        back.Memory.Span[4999].ShouldBe((byte)2);
        back.Matrix[1, 2].ShouldBe(12);
    });

    [Fact]
    public Task A_part_crosses_as_that_part() => Watchdog.Run(() =>
    {
        using var array = new SharedArray<short>([1, 2, 3, 4]);
        using var part = array.Slice(2, 2);
        using var memory = new SharedMemory(100);
        using var over = memory.AsArray<int>(96, 1);
        using (var child = ChildProcess.Run(() =>
        {
            part.Length.ShouldBe(2);
            part[1] = 40;
            over[0] = 7;
            using (part.Lock.EnterScope())
            {
                array.Lock.IsHeldByCurrentThread.ShouldBeTrue();
            }
        }))
        {
            child.TakeFailure().ShouldBeNull();
        }

        array.ToArray().ShouldBe([1, 2, 3, 40]);
        memory.Span[96].ShouldBe((byte)7);
    });

    [Fact]
    public Task The_lock_crosses_alone_and_is_the_same() => Watchdog.Run(() =>
    {
        using var value = new SharedValue<int>();
        var gate = value.Lock;
        using var entered = new ProcessEvent();
        using var enough = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            gate.Enter();
            entered.Set();
            enough.Wait();
            gate.Exit();
        });
        entered.Wait();
        value.Lock.TryEnter(TimeSpan.FromMilliseconds(50)).ShouldBeFalse();
        enough.Set();
        value.Lock.Enter().WasAbandoned.ShouldBeFalse();
        value.Lock.Exit();
        child.Join();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task It_outlives_its_creator(bool killed) => Watchdog.Run(() =>
    {
        using var post = new ProcessQueue<(SharedMemory, SharedArray<int>)>();
        var failure = ChildProcess.Run(() =>
        {
            // Not disposed: the process ends with them.
            var memory = new SharedMemory(10_000);
            memory.Span[9999] = 9;
            var array = new SharedArray<int>([1, 2, 3]);
            post.Put((memory, array));
            if (killed)
            {
                Posix.Signal(Environment.ProcessId, Posix.SigKill);
            }
        }).TakeFailure();
        (failure is ProcessDiedException).ShouldBe(killed);
        var (memory, array) = post.Get();
        using (memory)
        using (array)
        {
            memory.Span[9999].ShouldBe((byte)9);
            array.ToArray().ShouldBe([1, 2, 3]);
            ChildProcess.Run(() => array[0] = 10).TakeFailure().ShouldBeNull();
            array[0].ShouldBe(10);
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_process_that_attached_and_left_removes_nothing(bool killed) => Watchdog.Run(() =>
    {
        var file = FileMadeBy(static () => new SharedMemory(100), out var memory);
        for (var round = 0; round < 3; round++)
        {
            var failure = ChildProcess.Run(() =>
            {
                memory.Span[round] = 1;
                if (killed)
                {
                    Posix.Signal(Environment.ProcessId, Posix.SigKill);
                }

                memory.Dispose();
            }).TakeFailure();
            (failure is ProcessDiedException).ShouldBe(killed);
        }

        memory.Span[..4].ToArray().ShouldBe([1, 1, 1, 0]);
        File.Exists(file).ShouldBeTrue();
        memory.Dispose();
        File.Exists(file).ShouldBeFalse();
    });

    [Fact]
    public Task A_killed_creator_leaves_nothing_behind() => Watchdog.Run(() =>
    {
        var before = Session.Current.Segments.CountLive(SegmentKind.Array);
        ChildProcess.Run(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                new SharedArray<byte>(1 << 20).Fill(1);
            }

            Posix.Signal(Environment.ProcessId, Posix.SigKill);
        }).TakeFailure().ShouldBeOfType<ProcessDiedException>();
        Session.Current.Segments.CountLive(SegmentKind.Array).ShouldBe(before);
    });

    [Fact]
    public Task The_last_one_frees_it() => Watchdog.Run(() =>
    {
        var file = FileMadeBy(static () => new SharedArray<int>(1000), out var array);
        using var attached = new ProcessEvent();
        using var enough = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            array[0] = 1;
            attached.Set();
            enough.Wait();
            array.Dispose();
        });
        attached.Wait();
        File.Exists(file).ShouldBeTrue();
        array.Dispose();
        File.Exists(file).ShouldBeTrue("the child has it");
        enough.Set();
        child.Join();
        child.ExitStatus!.IsSuccess.ShouldBeTrue();
        File.Exists(file).ShouldBeFalse();
    });

    [Fact]
    public Task A_message_that_is_never_read_keeps_it_no_longer_than_its_queue() => Watchdog.Run(() =>
    {
        var queue = new ProcessQueue<SharedValue<int>>();
        var file = FileMadeBy(static () => new SharedValue<int>(5), out var value);
        queue.Put(value);
        value.Dispose();
        File.Exists(file).ShouldBeTrue("a message has it");
        queue.Dispose();
        File.Exists(file).ShouldBeFalse();
    });

    [Fact]
    public Task An_array_of_64_MiB_goes_to_a_child_and_back_as_fast_as_a_small_one() => Watchdog.Run(() =>
    {
        const int Rounds = 2000;
        using var there = new ProcessQueue<SharedArray<float>>();
        using var back = new ProcessQueue<SharedArray<float>>();
        using var child = ChildProcess.Run(() =>
        {
            foreach (var array in there.ReadAll())
            {
                using (array)
                {
                    array[^1]++;
                    back.Put(array);
                }
            }
        });
        foreach (var length in (int[])[256, 16 << 20, 256, 16 << 20])
        {
            using var array = new SharedArray<float>(length);
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Rounds; i++)
            {
                there.Put(array);
                using var returned = back.Get();
                returned[^1]++;
            }

            array[^1].ShouldBe(2 * Rounds);
            TestContext.Current.TestOutputHelper?.WriteLine($"{length * sizeof(float)} bytes, there and back: {watch.Elapsed.TotalMicroseconds / Rounds:0.0} us");
        }

        there.Complete();
        child.Join();
    }, TimeSpan.FromMinutes(3));

    [Fact]
    public Task A_body_keeps_the_memory_whose_span_it_works_on() => Watchdog.Run(() =>
    {
        using var captured = new SharedArray<int>(100_000);
        using var passed = new SharedArray<int>(100_000);
        ChildProcess.Run(() => FillAgainAndAgain(captured.Span)).TakeFailure().ShouldBeNull();
        ChildProcess.Run(static (SharedArray<int> array) => FillAgainAndAgain(array.Span), passed).TakeFailure().ShouldBeNull();
        captured.ShouldAllBe(value => value == 4);
        passed.ShouldAllBe(value => value == 4);

        static void FillAgainAndAgain(Span<int> span)
        {
            for (var i = 0; i < 5; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                span.Fill(i);
            }
        }
    });

    [Fact]
    public Task Its_memory_as_a_value_crosses_as_a_copy() => Watchdog.Run(() =>
    {
        using var array = new SharedArray<int>([1, 2, 3]);
        using var queue = new ProcessQueue<Memory<int>>();
        queue.Put(array.Memory[1..]);
        array[1] = 20;
        queue.Get().ToArray().ShouldBe([2, 3]);
        var taken = array.Memory;
        array.Dispose();
        Should.Throw<ObjectDisposedException>(() => queue.Put(taken));
    });

    private static string FileMadeBy<T>(Func<T> make, out T made)
    {
        var before = Segments();
        made = make();
        return Segments().Except(before).ShouldHaveSingleItem();

        // Not what this process publishes while another program of the user looks.
        static string[] Segments() => [.. Directory.GetFiles(Session.Current.Directory).Where(static file => char.IsAsciiDigit(Path.GetFileName(file)[0]))];
    }

    private sealed record Parcel(string Text, SharedMemory Memory, SharedValue<(int, int)> Value, SharedArray<double>[] Arrays, SharedArray2D<int> Matrix) : IDisposable
    {
        public void Dispose()
        {
            Memory.Dispose();
            Value.Dispose();
            Array.ForEach(Arrays, static array => array.Dispose());
            Matrix.Dispose();
        }
    }
}
