using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Shared memory, and objects that programs open by name.</summary>
public class SharedMemoryExamples
{
    [Fact]
    public void Shared_memory()
    {
        #region SharedMemory
        using var memory = new SharedMemory(size: 1 << 20);
        using var child = ChildProcess.Run(() => memory.Span.Fill(7)); // the same bytes, not a copy
        child.Wait();
        Console.WriteLine(memory.Span[0]); // 7
        #endregion
        memory.Span[^1].ShouldBe((byte)7);
    }

    [Fact]
    public void Shared_array()
    {
        #region SharedArray<T>
        using var counts = new SharedArray<int>(26);
        using var child = ChildProcess.Run(() =>
        {
            foreach (char letter in "multiprocessing")
            {
                counts.Increment(letter - 'a'); // atomic
            }
        });
        child.Wait();
        Console.WriteLine(counts['s' - 'a']); // 2
        #endregion
        counts['s' - 'a'].ShouldBe(2);
    }

    [Fact]
    public void Enumerator()
    {
        #region SharedArray<T>.Enumerator
        using var numbers = new SharedArray<int>([1, 2, 3]);
        var sum = 0;
        foreach (int number in numbers)
        {
            sum += number;
        }
        #endregion
        sum.ShouldBe(6);
    }

    [Fact]
    public void Shared_array_of_two_dimensions()
    {
        #region SharedArray2D<T>
        using var image = new SharedArray2D<byte>(rows: 1080, columns: 1920);
        using var child = ChildProcess.Run(() => image.Row(0).Fill(255));
        child.Wait();
        Console.WriteLine(image[0, 1919]); // 255
        #endregion
        image[0, 1919].ShouldBe((byte)255);
    }

    [Fact]
    public void Shared_value()
    {
        #region SharedValue<T>
        using var counter = new SharedValue<long>();
        using var first = ChildProcess.Run(() => counter.Add(1)); // atomic
        using var second = ChildProcess.Run(() => counter.Add(2));
        first.Wait();
        second.Wait();
        Console.WriteLine(counter.Value); // 3
        #endregion
        counter.Value.ShouldBe(3);
    }

    [Fact]
    public void Shared_buffer()
    {
        #region SharedBuffer<T>
        using var images = new ProcessQueue<SharedBuffer<byte>>(capacity: 4);
        using var child = ChildProcess.Run(() =>
        {
            var dark = 0L;
            foreach (SharedBuffer<byte> image in images.ReadAll())
            {
                using (image) // the receiver reads it in place, and disposes it
                {
                    dark += image.Span.Count((byte)0);
                }
            }

            return dark;
        });
        for (var i = 0; i < 100; i++)
        {
            using var image = new SharedBuffer<byte>(1 << 20);
            image.Span[i] = 255;
            images.Put(image); // a handle, whatever the size
        }

        images.Complete();
        Console.WriteLine(child.Result.Result); // 104857500
        #endregion
        child.Result.Result.ShouldBe((100L << 20) - 100);
    }

    [Fact]
    public void Shared_memory_pool()
    {
        #region SharedMemoryPool
        using var pool = new SharedMemoryPool();
        using var blocks = new ProcessQueue<SharedBuffer<double>>();
        using var child = ChildProcess.Run(() =>
        {
            using SharedBuffer<double> received = blocks.Get();
            return received.Span[^1];
        });
        using (SharedBuffer<double> block = pool.Rent<double>(1_000_000)) // its content is undefined
        {
            block.Span.Fill(0.5);
            blocks.Put(block);
        } // the pool rents the memory again when the child has disposed it, too

        Console.WriteLine(child.Result.Result); // 0.5
        #endregion
        child.Result.Result.ShouldBe(0.5);
    }

    [Fact]
    public void Insufficient_memory()
    {
        #region InsufficientSharedMemoryException
        try
        {
            using var memory = new SharedMemory(1L << 50);
        }
        catch (InsufficientSharedMemoryException exception)
        {
            Console.WriteLine($"{exception.Path} has {exception.AvailableBytes} bytes left of the {exception.RequestedBytes} that are needed.");
        }
        #endregion
    }

    [Fact]
    public void Not_found()
    {
        #region NamedObjectNotFoundException
        try
        {
            using var gate = ProcessLock.Open("example of a missing lock");
        }
        catch (NamedObjectNotFoundException exception)
        {
            Console.WriteLine($"No running program has created '{exception.Name}'.");
        }
        #endregion
        ProcessLock.TryOpen("example of a missing lock", out _).ShouldBeFalse();
    }

    [Fact]
    public void Mismatch()
    {
        #region NamedObjectMismatchException
        using var gate = ProcessLock.OpenOrCreate("example of a lock");
        try
        {
            using var queue = ProcessQueue<int>.Open("example of a lock");
        }
        catch (NamedObjectMismatchException exception)
        {
            Console.WriteLine($"'{exception.Name}' is {exception.Actual}, not {exception.Expected}.");
        }
        #endregion
        gate.TryEnter().ShouldBeTrue();
    }
}
