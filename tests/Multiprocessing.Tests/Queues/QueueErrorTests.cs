using System.Threading.Channels;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Queues;

/// <summary>A queue that is completed with an error.</summary>
public sealed class QueueErrorTests
{
    private sealed class Carrier(ProcessQueue<int> queue) : Exception("it carries a queue")
    {
        public ProcessQueue<int> Queue { get; } = queue;
    }

    [Fact]
    public async Task Readers_get_the_items_first_and_then_the_error()
    {
        var stop = TestContext.Current.CancellationToken;
        using var queue = new ProcessQueue<int>();
        queue.Put(1);
        queue.Put(2);
        queue.Complete(new FormatException("bad input"));
        queue.IsCompletionRequested.ShouldBeTrue();
        queue.IsCompleted.ShouldBeFalse();
        queue.Get().ShouldBe(1);
        var read = new List<int>();
        var ended = Should.Throw<QueueCompletedException>(() => read.AddRange(queue.ReadAll(stop)));
        ended.InnerException.ShouldBeOfType<FormatException>().Message.ShouldBe("bad input");
        ended.Message.ShouldContain("bad input");
        queue.IsCompleted.ShouldBeTrue();
        queue.TryGet(out _).ShouldBeFalse();
        queue.TryGet(out _, TimeSpan.FromSeconds(1), stop).ShouldBeFalse();
        Should.Throw<QueueCompletedException>(() => queue.Get()).InnerException.ShouldBeOfType<FormatException>();
        (await Should.ThrowAsync<QueueCompletedException>(async () => await queue.GetAsync(stop))).InnerException.ShouldBeOfType<FormatException>();
        await Should.ThrowAsync<QueueCompletedException>(async () =>
        {
            await foreach (var _ in queue.ReadAllAsync(stop))
            {
            }
        });
        Should.Throw<QueueCompletedException>(() => queue.Put(3)).InnerException.ShouldBeOfType<FormatException>();
    }

    [Fact]
    public async Task The_channel_ends_as_channels_do()
    {
        var stop = TestContext.Current.CancellationToken;
        using var queue = new ProcessQueue<int>();
        queue.Put(1);
        var ended = queue.Reader.Completion;
        queue.Writer.TryComplete(new FormatException("bad input")).ShouldBeTrue();
        queue.Writer.TryComplete(new TimeoutException()).ShouldBeFalse();
        queue.Writer.TryComplete().ShouldBeFalse();
        ended.IsCompleted.ShouldBeFalse();
        (await queue.Reader.WaitToReadAsync(stop)).ShouldBeTrue();
        (await queue.Reader.ReadAsync(stop)).ShouldBe(1);
        (await Should.ThrowAsync<FormatException>(async () => await ended.WaitAsync(Watch.Patience, stop))).Message.ShouldBe("bad input");
        await Should.ThrowAsync<FormatException>(async () => await queue.Reader.WaitToReadAsync(stop));
        await Should.ThrowAsync<FormatException>(async () => await queue.Writer.WaitToWriteAsync(stop));
        (await Should.ThrowAsync<ChannelClosedException>(async () => await queue.Writer.WriteAsync(2, stop))).InnerException.ShouldBeOfType<FormatException>();
    }

    [Fact]
    public void A_waiter_in_another_process_gets_the_error()
    {
        using var queue = new ProcessQueue<int>();
        using var child = ChildProcess.Run(static (ProcessQueue<int> queue) =>
        {
            try
            {
                return $"got {queue.Get()}";
            }
            catch (QueueCompletedException ended)
            {
                return ended.InnerException!.Message;
            }
        }, queue);
        queue.Complete(new FormatException("bad input"));
        child.Result.WaitAsync(Watch.Patience).GetAwaiter().GetResult().ShouldBe("bad input");
    }

    [Fact]
    public void An_error_that_carries_a_handle_arrives_without_it()
    {
        using var carried = new ProcessQueue<int>();
        using var queue = new ProcessQueue<int>();
        queue.Complete(new Carrier(carried));
        Should.Throw<QueueCompletedException>(() => queue.Get()).InnerException.ShouldBeOfType<RemoteException>().Message.ShouldContain("it carries a queue");
        carried.Core.Session.Segments.InFlightOf(carried.Core.Segment.Id).ShouldBe(0);
    }

    [Fact]
    public void The_error_goes_with_its_queue()
    {
        var session = Session.CreateRoot();
        try
        {
            var queue = new ProcessQueue<int>(session, new ProcessQueueOptions(), raw: true);
            queue.Complete(new FormatException("bad input"));
            queue.Complete(new FormatException("too late"));
            session.Segments.CountLive(SegmentKind.Error).ShouldBe(1);
            queue.Dispose();
            session.Segments.CountLive(SegmentKind.Error).ShouldBe(0);
        }
        finally
        {
            session.Leave();
        }
    }
}
