using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Pools;

/// <summary>The pool's end of a worker's requests, beside the reader's end in the same process.</summary>
[Collection(ProcessCollection.Name)]
public unsafe class RequestWriterTests
{
    [Theory]
    [InlineData(3u)]
    [InlineData(4u)]
    [InlineData(ChannelLayout.MaxTasks + 1u)]
    public void Taking_back_from_behind_the_last_task_takes_nothing_back_and_publishes_nothing(uint first)
    {
        using var memory = PoolMemory.CreateChannel(Session.Current);
        var writer = new RequestWriter(memory, new ChannelDamage());
        Write(writer, 3);

        writer.TakeBack(first).ShouldBe(3u);

        writer.Next.ShouldBe(3u);
        (((ChannelLayout*)memory.Base)->Claim >> 32).ShouldBe(3);
        writer.Dispose();
    }

    [Fact]
    public void What_was_not_started_is_taken_back_and_written_again()
    {
        using var memory = PoolMemory.CreateChannel(Session.Current);
        var writer = new RequestWriter(memory, new ChannelDamage());
        Write(writer, 3);

        writer.TakeBack(1).ShouldBe(1u);
        writer.Next.ShouldBe(1u);
        Write(writer, 2);

        writer.Next.ShouldBe(3u);
        (((ChannelLayout*)memory.Base)->Claim >> 32).ShouldBe(3);
        writer.Dispose();
    }

    /// <summary>A task that writes over the claim can make its worker start what was never published.</summary>
    [Fact]
    public void What_was_taken_back_is_not_run_though_the_claim_says_so()
    {
        using var memory = PoolMemory.CreateChannel(Session.Current);
        var writer = new RequestWriter(memory, new ChannelDamage());
        var reader = new RequestReader(memory);
        Write(writer, 3);
        reader.TryClaim(out var number).ShouldBeTrue();
        var header = reader.Next(number);
        reader.Content(header, out _);

        writer.TakeBack(1).ShouldBe(1u);
        ((ChannelLayout*)memory.Base)->Claim += 2L << 32;

        reader.TryClaim(out number).ShouldBeTrue();
        Should.Throw<InvalidDataException>(() => reader.Next(number)).Message.ShouldContain("was overwritten");
        writer.Dispose();
    }

    private static void Write(RequestWriter writer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var content = writer.TryWrite(new RequestHeader { Attempt = 1 }, sizeof(long));
            (content is null).ShouldBeFalse();
            *(long*)content = i;
        }

        writer.Publish();
    }
}
