using System.Numerics.Tensors;
using Apache.Arrow;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Tensors and record batches in shared memory.</summary>
public class DataExamples
{
    [Fact]
    public void Shared_tensor()
    {
        float total = 0;
        #region SharedTensor<T>
        using var images = new ProcessQueue<SharedTensor<float>>(capacity: 4);
        using var child = ChildProcess.Run(() =>
        {
            var sum = 0f;
            foreach (SharedTensor<float> image in images.ReadAll())
            {
                using (image) // the receiver reads it in place, and disposes it
                {
                    sum += Tensor.Sum(image.AsReadOnlyTensorSpan());
                }
            }

            return sum;
        });
        for (var i = 0; i < 10; i++)
        {
            var image = SharedMemoryPool.Shared.RentTensor<float>([3, 224, 224]);
            image.AsTensorSpan().Fill(1);
            images.Put(image.HandOver()); // a handle, whatever the size
        }

        images.Complete();
        Console.WriteLine(total = child.Result.Result); // 1505280
        #endregion
        total.ShouldBe(1505280);
    }

    [Fact]
    public void Shared_tensor_extensions()
    {
        #region SharedTensorExtensions
        using var weights = new SharedArray<double>(1_000_000); // stays for the whole run
        TensorSpan<double> matrix = weights.AsTensorSpan([1000, 1000]);
        matrix[999, 0] = 0.5;
        using SharedTensor<double> batch = SharedMemoryPool.Shared.RentTensor<double>([32, 1000]); // its content is undefined
        batch.AsTensorSpan().Clear();
        #endregion
        weights[999_000].ShouldBe(0.5);
    }

    [Fact]
    public void Shared_record_batch()
    {
        var sum = 0L;
        #region SharedRecordBatch
        using RecordBatch sales = new RecordBatch.Builder()
            .Append("article", nullable: false, column => column.String(texts => texts.Append("tea").Append("milk")))
            .Append("amount", nullable: true, column => column.Int64(numbers => numbers.Append(5).AppendNull()))
            .Build();
        using var shared = new SharedRecordBatch(sales); // written once
        using var child = ChildProcess.Run(() => ((Int64Array)shared.Batch.Column("amount")).Sum(amount => amount ?? 0)); // read in place
        Console.WriteLine(sum = child.Result.Result); // 5
        #endregion
        sum.ShouldBe(5);
    }
}
