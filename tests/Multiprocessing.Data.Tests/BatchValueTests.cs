using Apache.Arrow;
using Apache.Arrow.Types;
using CsCheck;
using Multiprocessing.Tests;
using Shouldly;
using Xunit;

namespace Multiprocessing.DataTests;

/// <summary>A batch, a schema and the arrays of columns cross by copy, without any code for them.</summary>
public sealed class BatchValueTests : ProcessTest
{
    [Fact]
    public Task It_is_an_argument_a_result_and_an_item() => Watchdog.Run(async () =>
    {
        using var batch = Batches.Mixed(100);
        using var back = ChildProcess.Run(static (RecordBatch argument) => argument.Slice(10, 20), batch).Take();
        back.ShouldBe(batch.Slice(10, 20));

        await using var pool = new ProcessPool(new ProcessPoolOptions { Workers = 1 });
        using var result = await pool.RunAsync(static argument => argument, batch);
        result.ShouldBe(batch);

        using var queue = new ProcessQueue<RecordBatch>();
        queue.Put(batch);
        queue.Get().ShouldBe(batch);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Columns_of_all_types_cross_whole_and_in_slices(int rows)
    {
        using var batch = Batches.Mixed(rows);
        Cross(batch).ShouldBe(batch);
        for (var start = 0; start < rows; start += 333)
        {
            var slice = batch.Slice(start, Math.Min(50, rows - start));
            Cross(slice).ShouldBe(slice);
        }
    }

    [Fact]
    public void A_schema_crosses_with_its_metadata()
    {
        using var batch = Batches.Mixed(1);
        var copy = Cross(batch.Schema);
        copy.FieldsList.Select(field => (field.Name, field.DataType.Name, field.IsNullable))
            .ShouldBe(batch.Schema.FieldsList.Select(field => (field.Name, field.DataType.Name, field.IsNullable)));
        copy.Metadata.ShouldBe(batch.Schema.Metadata);
        copy.FieldsList[0].Metadata["unit"].ShouldBe("€");
    }

    [Fact]
    public void Each_kind_of_array_crosses_alone()
    {
        using var batch = Batches.Mixed(50);
        foreach (var column in batch.Arrays)
        {
            var copy = Cross(column);
            copy.ShouldBeOfType(column.GetType());
            Batches.Values(copy).ShouldBe(Batches.Values(column));
        }

        Cross(new Int16Array.Builder().Append(5).Build()).GetValue(0).ShouldBe((short)5);
    }

    [Fact]
    public Task The_copy_has_memory_of_its_own() => Watchdog.Run(() =>
    {
        var batch = Batches.Mixed(10);
        using var expected = Batches.Mixed(10);
        using var queue = new ProcessQueue<RecordBatch>();
        queue.Put(batch);
        batch.Dispose();
        queue.Get().ShouldBe(expected);
    });

    [Fact]
    public void Damaged_bytes_are_an_error()
    {
        var serializer = new RecordBatchSerializer();
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        using var batch = new RecordBatch(
            new Schema([new Field("a", Int32Type.Default, false)], null), [new Int32Array.Builder().AppendRange([1, 2, 3]).Build()], 3);
        serializer.Write(batch, output);
        serializer.Read(output.WrittenSpan).Length.ShouldBe(3);
        Should.Throw<Exception>(() => serializer.Read([]));
        Should.Throw<Exception>(() => serializer.Read(output.WrittenSpan[..40]));
    }

    private static T Cross<T>(T value)
    {
        using var queue = new ProcessQueue<T>();
        queue.Put(value);
        return queue.Get();
    }
}
