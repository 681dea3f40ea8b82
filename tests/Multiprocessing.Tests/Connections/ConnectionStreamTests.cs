using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A connection for code that wants a stream or a pair of pipes.</summary>
public class ConnectionStreamTests : ProcessTest
{
    [Fact]
    public Task Text_is_written_in_a_child_and_read_here_to_its_end() => Watchdog.Run(() =>
    {
        var (receiver, sender) = ProcessPipe.CreateOneWay();
        using (sender)
        {
            using var child = ChildProcess.Run(() =>
            {
                using var writer = new StreamWriter(sender.AsStream());
                for (var i = 0; i < 10_000; i++)
                {
                    writer.WriteLine($"line {i}");
                }
            });
            using var reader = new StreamReader(receiver.AsStream());
            for (var i = 0; i < 10_000; i++)
            {
                reader.ReadLine().ShouldBe($"line {i}");
            }

            reader.ReadLine().ShouldBeNull();
            child.Join();
        }

        receiver.IsClosed.ShouldBeTrue();
    });

    [Fact]
    public Task A_read_takes_what_fits_and_the_rest_follows() => Watchdog.Run(async () =>
    {
        var (a, b) = ProcessPipe.Create();
        using (a)
        using (b)
        {
            var stream = b.AsStream(leaveOpen: true);
            (stream.CanRead, stream.CanWrite, stream.CanSeek).ShouldBe((true, true, false));
            a.SendBytes([1, 2, 3, 4, 5]);
            a.SendBytes([]);
            a.SendBytes([6]);
            var buffer = new byte[2];
            stream.Read(buffer).ShouldBe(2);
            buffer.ShouldBe([1, 2]);
            (await stream.ReadAsync(buffer)).ShouldBe(2);
            buffer.ShouldBe([3, 4]);
            stream.ReadByte().ShouldBe(5);
            stream.ReadByte().ShouldBe(6);
            a.SendBytes([7, 8, 9]);
            (await stream.ReadAsync(buffer)).ShouldBe(2);
            (await stream.ReadAsync(buffer)).ShouldBe(1);
            stream.Dispose();
            b.IsClosed.ShouldBeFalse();
            Should.Throw<ObjectDisposedException>(() => stream.ReadByte());
            a.Dispose();
            using var rest = b.AsStream(leaveOpen: true);
            rest.Read(buffer).ShouldBe(0);
            (await rest.ReadAsync(buffer)).ShouldBe(0);
            Should.Throw<NotSupportedException>(() => rest.Position);
        }
    });

    [Fact]
    public Task A_large_compressed_stream_arrives_as_it_was() => Watchdog.Run(async () =>
    {
        var (receiver, sender) = ProcessPipe.CreateOneWay(new() { MaxBytes = 100_000 });
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        var writing = Task.Run(async () =>
        {
            await using var gzip = new GZipStream(sender.AsStream(), CompressionLevel.Fastest);
            await gzip.WriteAsync(bytes);
        });
        using var result = new MemoryStream();
        await using (var gzip = new GZipStream(receiver.AsStream(), CompressionMode.Decompress))
        {
            await gzip.CopyToAsync(result);
        }

        await writing;
        result.ToArray().AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    });

    [Fact]
    public Task A_protocol_over_pipes_ends_its_output_and_still_reads_the_answer() => Watchdog.Run(async () =>
    {
        var (here, there) = ProcessPipe.Create();
        using (here)
        using (there)
        {
            using var child = ChildProcess.Run(async () =>
            {
                var pipe = there.AsDuplexPipe();
                var result = await pipe.Input.ReadAtLeastAsync(1_000_000);
                while (!result.IsCompleted)
                {
                    pipe.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                    result = await pipe.Input.ReadAsync();
                }

                await pipe.Output.WriteAsync(Encoding.ASCII.GetBytes($"{result.Buffer.Length} bytes"));
                await pipe.Output.CompleteAsync();
                await pipe.Input.CompleteAsync();
            });
            var mine = here.AsDuplexPipe();
            await mine.Output.WriteAsync(new byte[200_000]);
            await mine.Output.CompleteAsync();
            Should.Throw<InvalidOperationException>(() => here.SendBytes([1]));
            var answer = await mine.Input.ReadAtLeastAsync("200000 bytes".Length);
            Encoding.ASCII.GetString(answer.Buffer).ShouldBe("200000 bytes");
            here.IsClosed.ShouldBeFalse();
            await mine.Input.CompleteAsync();
            here.IsClosed.ShouldBeTrue();
            child.Join();
            child.ExitStatus!.IsSuccess.ShouldBeTrue();
        }
    });

    [Fact]
    public Task A_one_way_pipe_has_one_side() => Watchdog.Run(() =>
    {
        var (receiver, sender) = ProcessPipe.CreateOneWay();
        using (receiver)
        using (sender)
        {
            (receiver.AsStream(leaveOpen: true).CanWrite, sender.AsStream(leaveOpen: true).CanRead).ShouldBe((false, false));
            Should.Throw<InvalidOperationException>(() => receiver.AsDuplexPipe().Output);
            Should.Throw<InvalidOperationException>(() => sender.AsDuplexPipe().Input);
        }
    });
}
