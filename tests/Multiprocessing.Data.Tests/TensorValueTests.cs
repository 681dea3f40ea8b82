using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CsCheck;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.DataTests;

/// <summary>A tensor crosses by copy, without any code for it.</summary>
public sealed class TensorValueTests : ProcessTest
{
    [Fact]
    public Task It_is_an_argument_a_result_and_an_item() => Watchdog.Run(async () =>
    {
        var tensor = Numbered(2, 3, 4);
        var slice = ChildProcess.Run(static (Tensor<float> argument) => argument.Slice([1..2, 0..2, 1..3]), tensor).Take();
        slice.Lengths.ToArray().ShouldBe([1, 2, 2]);
        Elements(slice).ShouldBe([13, 14, 17, 18]);

        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        var doubled = await pool.RunAsync(static argument => Tensor.Multiply<float>(argument, 2), tensor);
        doubled[1, 2, 3].ShouldBe(46);

        using var queue = new ProcessQueue<Tensor<float>>();
        queue.Put(tensor);
        var copy = queue.Get();
        copy.ShouldNotBeSameAs(tensor);
        Elements(copy).ShouldBe(Elements(tensor));
    });

    [Fact]
    public void Shape_and_strides_stay_if_there_are_no_gaps()
    {
        var values = Enumerable.Range(0, 24).Select(i => (float)i).ToArray();
        foreach (var tensor in new[]
        {
            Tensor.Create(values, [24]),
            Tensor.Create(values, [4, 1, 6]),
            Tensor.Create(values, [4, 6], [1, 4]), // columns first
            Tensor.Create(values, [4, 6], [0, 1]), // the same row four times
            Tensor.PermuteDimensions(Numbered(2, 3, 4), [2, 0, 1]),
            Tensor.CreateFromShape<float>([3, 5], pinned: true),
            Tensor.Create(Array.Empty<float>(), [0, 3]),
            Tensor<float>.Empty,
        })
        {
            var copy = Cross(tensor);
            copy.Lengths.ToArray().ShouldBe(tensor.Lengths.ToArray());
            copy.Strides.ToArray().ShouldBe(tensor.Strides.ToArray());
            copy.IsPinned.ShouldBe(tensor.IsPinned);
            copy.IsDense.ShouldBe(tensor.IsDense);
            Elements(copy).ShouldBe(Elements(tensor));
        }
    }

    [Fact]
    public Task A_part_crosses_without_the_rest() => Watchdog.Run(() =>
    {
        var whole = Numbered(1000, 1000);
        using var queue = new ProcessQueue<Tensor<float>>(new ProcessQueueOptions { MaxBytes = 1 << 20 }); // the whole has 4 MB
        var part = whole.Slice([10..110, 10..20]);
        queue.Put(part);
        var copy = queue.Get();
        copy.IsDense.ShouldBeTrue();
        Elements(copy).ShouldBe(Elements(part));

        var rows = whole.Slice([10..12, 0..1000]); // no gap
        queue.Put(rows);
        Elements(queue.Get()).ShouldBe(Elements(rows));
    });

    [Fact]
    public void Elements_of_every_type_without_references_cross()
    {
        Check<byte>([1, 2]);
        Check<Half>([(Half)1.5, (Half)2]);
        Check<decimal>([1.5m, -2]);
        Check<Int128>([1, Int128.MinValue]);
        Check<Complex>([new(1, 2), Complex.ImaginaryOne]);
        Check<bool>([true, false]);
        Check<(int, double)>([(1, 2), (3, 4)]);

        static void Check<T>(T[] values) => Elements(Cross(Tensor.Create(values))).ShouldBe(values);
    }

    [Fact]
    public void Elements_with_references_are_refused_with_a_way_out()
    {
        using var queue = new ProcessQueue<Tensor<string>>();
        Should.Throw<NotSerializableException>(() => queue.Put(Tensor.Create(["a"]))).Message.ShouldContain("without references");
    }

    [Fact]
    public Task One_tensor_in_a_message_twice_is_one_tensor_there() => Watchdog.Run(() =>
    {
        var tensor = Numbered(3);
        using var queue = new ProcessQueue<Tensor<float>[]>();
        queue.Put([tensor, tensor]);
        var copies = queue.Get();
        copies[1].ShouldBeSameAs(copies[0]);
    });

    [Fact]
    public Task A_large_one_crosses_both_ways() => Watchdog.Run(() =>
    {
        var tensor = Tensor.CreateFromShapeUninitialized<int>([1024, 4096]);
        var span = MemoryMarshal.CreateSpan(ref tensor[0, 0], 1024 * 4096);
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = i;
        }

        var back = ChildProcess.Run(static (Tensor<int> argument) => Tensor.Add<int>(argument, 1), tensor).Take();
        for (var row = 0; row < 1024; row++)
        {
            back[row, 4095].ShouldBe((row * 4096) + 4096);
        }
    });

    [Fact]
    public void Damaged_bytes_are_an_error_and_allocate_no_more_than_they_are()
    {
        var serializer = new TensorSerializer<float>();
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        serializer.Write(Numbered(2, 3), output);
        var good = output.WrittenSpan.ToArray();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Sample(
            (at, value, length) =>
            {
                var bytes = good.ToArray();
                bytes[at] = value;
                try
                {
                    var tensor = serializer.Read(bytes.AsSpan(0, length));
                    tensor.FlattenedLength.ShouldBeLessThan(int.MaxValue);
                    Elements(tensor.IsEmpty || tensor.FlattenedLength > 1000 ? Tensor<float>.Empty : tensor);
                }
                catch (Exception error) when (error is InvalidDataException or ArgumentException)
                {
                }
            },
            iter: 20_000);
    }

    private static Tensor<float> Numbered(params nint[] lengths)
    {
        nint count = 1;
        foreach (var length in lengths)
        {
            count *= length;
        }

        return Tensor.Create(Enumerable.Range(0, (int)count).Select(i => (float)i).ToArray(), lengths);
    }

    private static Tensor<T> Cross<T>(Tensor<T> tensor)
    {
        using var queue = new ProcessQueue<Tensor<T>>();
        queue.Put(tensor);
        return queue.Get();
    }

    private static T[] Elements<T>(Tensor<T> tensor)
    {
        var elements = new T[tensor.FlattenedLength];
        if (elements.Length > 0)
        {
            tensor.FlattenTo(elements); // which throws for the empty tensor
        }

        return elements;
    }
}
