using System.Numerics.Tensors;
using Apache.Arrow;
using Apache.Arrow.Types;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests;

/// <summary>The code about tensors and record batches in docs/guide/shared-memory.md.</summary>
public class DataPages
{
    [Fact]
    public async Task A_tensor_is_filled_by_workers_and_read_in_place()
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        #region shared-tensor
        using var table = new SharedTensor<float>([1000, 512]);
        await pool.ForEachAsync(Enumerable.Range(0, 1000), row =>
        {
            TensorSpan<float> mine = table.AsTensorSpan().Slice([row..(row + 1), 0..512]); // no copy
            mine.Fill(row);
        });
        Console.WriteLine(table[999, 511]); // 999

        Tensor<float> means = await pool.RunAsync(() => Tensor.CreateFromShape<float>([512])); // crosses by copy
        #endregion
        table[999, 511].ShouldBe(999);
        means.FlattenedLength.ShouldBe(512);
    }

    [Fact]
    public async Task A_result_is_handed_over()
    {
        await using var pool = new ProcessPool(new() { Workers = 1 });
        #region shared-tensor-result
        using SharedTensor<float> result = await pool.RunAsync(() =>
        {
            var made = SharedMemoryPool.Shared.RentTensor<float>([1024, 1024]);
            made.AsTensorSpan().Fill(1);
            return made.HandOver(); // disposed in the worker when the result is written
        });
        #endregion
        result[1023, 1023].ShouldBe(1);
    }

    [Fact]
    public async Task Workers_read_the_columns_of_one_batch()
    {
        await using var pool = new ProcessPool(new() { Workers = 2 });
        var prices = new DoubleArray.Builder().AppendRange(Enumerable.Range(0, 1000).Select(i => i * 0.5)).Build();
        var schema = new Schema([new Field("price", DoubleType.Default, nullable: false)], metadata: null);
        var batch = new RecordBatch(schema, [prices], prices.Length);
        #region shared-batch
        using var shared = new SharedRecordBatch(batch); // the one copy
        double[] sums = await pool.MapAsync(Enumerable.Range(0, 10), part =>
        {
            var prices = (DoubleArray)shared.Batch.Column("price"); // in place
            double sum = 0;
            foreach (double price in prices.Values.Slice(part * 100, 100))
            {
                sum += price;
            }

            return sum;
        });
        #endregion
        sums.Sum().ShouldBe(249_750);
    }
}
