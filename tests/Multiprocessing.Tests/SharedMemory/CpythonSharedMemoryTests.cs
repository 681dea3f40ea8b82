using System.Text;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Segments;

/// <summary>
/// The cases of CPython's <c>test/_test_multiprocessing.py</c> for Value, Array and SharedMemory, carried over by meaning and named after the
/// originals. <c>docs/internals/cpython-tests.md</c> lists all of them.
/// </summary>
public sealed class CpythonSharedMemoryTests : ProcessTest
{
    [Fact]
    public Task Value_test_value() => Watchdog.Run(() =>
    {
        using var integer = new SharedValue<int>(4343);
        using var fraction = new SharedValue<double>(3.625);
        using var small = new SharedValue<short>(-232);
        using var large = new SharedValue<long>(1L << 33);
        using var letter = new SharedValue<char>('x');
        (integer.Value, fraction.Value, small.Value, large.Value, letter.Value).ShouldBe((4343, 3.625, (short)-232, 1L << 33, 'x'));
        ChildProcess.Run(() =>
        {
            integer.Value = 24234;
            fraction.Value = -4.25;
            small.Value = 234;
            large.Value = 1L << 34;
            letter.Value = 'y';
        }).TakeFailure().ShouldBeNull();
        (integer.Value, fraction.Value, small.Value, large.Value, letter.Value).ShouldBe((24234, -4.25, (short)234, 1L << 34, 'y'));
    });

    [Fact]
    public void Value_test_getobj_getlock()
    {
        using var value = new SharedValue<int>(5);
        using (value.Lock.EnterScope())
        {
            value.Reference++;
        }

        value.Value.ShouldBe(6);
    }

    [Fact]
    public Task Array_test_array() => Watchdog.Run(() =>
    {
        int[] sequence = [680, 626, 934, 821, 150, 233, 548, 982, 714, 831];
        using var array = new SharedArray<int>(sequence);
        array.Length.ShouldBe(sequence.Length);
        array[3].ShouldBe(sequence[3]);
        array.Span[2..7].ToArray().ShouldBe(sequence[2..7]);
        int[] replacement = [1, 2, 3, 4];
        array.CopyFrom(replacement, 4);
        replacement.CopyTo(sequence, 4);
        array.ToArray().ShouldBe(sequence);
        AddUp(sequence);
        ChildProcess.Run(
            static (SharedArray<int> array) =>
            {
                AddUp(array.Span);
                GC.KeepAlive(array);
            },
            array).TakeFailure().ShouldBeNull();
        array.ToArray().ShouldBe(sequence);
    });

    [Fact]
    public void Array_test_array_from_size()
    {
        for (var i = 0; i < 3; i++)
        {
            using var array = new SharedArray<int>(10);
            array.Length.ShouldBe(10);
            array.ToArray().ShouldBe(new int[10]);
            array.CopyFrom([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
            array.ToArray().ShouldBe(Enumerable.Range(0, 10));
        }
    }

    [Fact]
    public void Array_test_getobj_getlock_obj()
    {
        using var array = new SharedArray<int>(Enumerable.Range(0, 10).ToArray());
        using (array.Lock.EnterScope())
        {
            array.Span.Reverse();
        }

        array[0].ShouldBe(9);
    }

    [Fact]
    public void Heap_test_heap()
    {
        // As in the original: blocks of random sizes are created and disposed, and none is left at the end (the footprint).
        var random = new Random(42);
        var blocks = new List<SharedMemory>();
        for (var i = 0; i < 500; i++)
        {
            var block = new SharedMemory((long)Math.Exp(random.NextDouble() * Math.Log(1 << 18)));
            block.Span.Fill((byte)i);
            blocks.Add(block);
            if (blocks.Count > 50)
            {
                var victim = random.Next(blocks.Count);
                blocks[victim].Span.ContainsAnyExcept(blocks[victim].Span[0]).ShouldBeFalse("nobody else has its bytes");
                blocks[victim].Dispose();
                blocks.RemoveAt(victim);
            }
        }

        blocks.ForEach(static block => block.Dispose());
    }

    [Fact]
    public Task SharedCTypes_test_sharedctypes() => Watchdog.Run(() =>
    {
        using var integer = new SharedValue<int>(7);
        using var fraction = new SharedValue<double>(1.0 / 3.0);
        using var fields = new SharedValue<Foo>(new Foo { X = 3, Y = 2 });
        using var array = new SharedArray<double>(Enumerable.Range(0, 10).Select(static i => (double)i).ToArray());
        using var text = new SharedArray<char>("hello".PadRight(20, '\0'));
        ChildProcess.Run(() =>
        {
            integer.Value *= 2;
            fraction.Value *= 2;
            fields.Reference.X *= 2;
            fields.Reference.Y *= 2;
            text.CopyFrom("hellohello");
            for (var i = 0; i < array.Length; i++)
            {
                array[i] *= 2;
            }
        }).TakeFailure().ShouldBeNull();
        integer.Value.ShouldBe(14);
        fraction.Value.ShouldBe(2.0 / 3.0, 1e-9);
        fields.Value.ShouldBe(new Foo { X = 6, Y = 4 });
        array.ToArray().ShouldBe(Enumerable.Range(0, 10).Select(static i => i * 2.0));
        new string(text.Span).TrimEnd('\0').ShouldBe("hellohello");
    });

    [Fact]
    public void SharedCTypes_test_copy()
    {
        using var foo = new SharedValue<Foo>(new Foo { X = 2, Y = 5 });
        using var bar = new SharedValue<Foo>(foo.Value);
        foo.Reference.X = 0;
        bar.Value.ShouldBe(new Foo { X = 2, Y = 5 });
    }

    [Fact]
    public void SharedMemory_test_shared_memory_basics()
    {
        using var memory = new SharedMemory(512);
        memory.Size.ShouldBe(512);
        memory.Span[0] = 42;
        memory.Span[0].ShouldBe((byte)42);
        memory.Dispose();
        memory.Dispose();
    }

    [Fact]
    public void SharedMemory_test_invalid_shared_memory_cration()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedMemory(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedMemory(0));
    }

    [Fact]
    public void SharedMemory_test_shared_memory_pickle_unpickle()
    {
        using var memory = new SharedMemory(512);
        Encoding.ASCII.GetBytes("pickle").CopyTo(memory.Span);
        using var queue = new ProcessQueue<SharedMemory>();
        queue.Put(memory);
        using var other = queue.Get();
        Text(other).ShouldBe("pickle");
        Encoding.ASCII.GetBytes("newval").CopyTo(memory.Span);
        Text(other).ShouldBe("newval");
        Encoding.ASCII.GetBytes("oldval").CopyTo(other.Span);
        Text(memory).ShouldBe("oldval");
    }

    [Fact]
    public void SharedMemory_test_shared_memory_pickle_unpickle_dead_object()
    {
        using var queue = new ProcessQueue<SharedMemory>();
        var memory = new SharedMemory(512);
        Encoding.ASCII.GetBytes("pickle").CopyTo(memory.Span);
        queue.Put(memory);
        memory.Dispose();
        using var other = queue.Get();
        Text(other).ShouldBe("pickle", "a message keeps it");
    }

    [Fact]
    public Task SharedMemory_test_shared_memory_across_processes() => Watchdog.Run(() =>
    {
        using var memory = new SharedMemory(512);
        ChildProcess.Run(static (SharedMemory memory) => Encoding.ASCII.GetBytes("howdy").CopyTo(memory.Span), memory).TakeFailure().ShouldBeNull();
        Text(memory).ShouldStartWith("howdy");
    });

    [Fact]
    public Task SharedMemory_test_shared_memory_cleaned_after_process_termination() => Watchdog.Run(() =>
    {
        var before = Session.Current.Segments.CountLive(SegmentKind.Memory);
        using var made = new ProcessEvent();
        using var child = ChildProcess.Run(() =>
        {
            var memory = new SharedMemory(10);
            made.Set();
            Ends.Forever();
            GC.KeepAlive(memory);
        });
        made.Wait();
        child.Terminate();
        child.Join();
        Session.Current.Segments.CountLive(SegmentKind.Memory).ShouldBe(before);
    });

    private static string Text(SharedMemory memory) => Encoding.ASCII.GetString(memory.Span[..6]);

    private static void AddUp(Span<int> sequence)
    {
        for (var i = 1; i < sequence.Length; i++)
        {
            sequence[i] += sequence[i - 1];
        }
    }

    private record struct Foo
    {
        public int X;
        public double Y;
    }
}
