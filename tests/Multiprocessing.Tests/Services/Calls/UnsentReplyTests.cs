using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Services.Calls;

/// <summary>A message that somebody waits for and that cannot be sent: its waiter gets an exception.</summary>
public class UnsentReplyTests : ProcessTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    /// <summary>The call counted as answered, so the failure was only logged, and the caller waited for ever.</summary>
    [Fact]
    public Task A_result_for_which_there_is_no_memory_is_an_exception_of_the_call() => Watchdog.Run(async () =>
    {
        using var pair = new ChannelPair();
        pair.ServerSide.RefusesToSend = static message => message.Length > 50_000 ? new IOException("no memory") : null;
        var call = Task.Run(() => pair.Proxy.Make(100_000));
        (await Should.ThrowAsync<IOException>(call.WaitAsync(Long))).Message.ShouldContain("no memory");
        var later = pair.Proxy.MakeLaterAsync(100_000);
        (await Should.ThrowAsync<IOException>(later.WaitAsync(Long))).Message.ShouldContain("no memory");
        pair.Proxy.Make(1_000).Length.ShouldBe(1_000);
        pair.Proxy.Runs.ShouldBe(3);
        pair.Server.Failure.ShouldBeNull();
    });

    [Fact]
    public Task An_object_whose_reference_was_not_sent_is_not_kept() => Watchdog.Run(() =>
    {
        using var pair = new ChannelPair();
        pair.Proxy.Echo("warm").ShouldBe("warm");
        var refusals = 1;
        pair.ServerSide.RefusesToSend = _ => Interlocked.Exchange(ref refusals, 0) == 1 ? new IOException("no memory") : null;
        Should.Throw<IOException>(() => pair.Proxy.Other()).Message.ShouldContain("no memory");
        pair.Server.Exports.Count.ShouldBe(1); // the desk itself
    });

    /// <summary>The member ran again and again, because its work item had failed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public Task If_the_exception_cannot_be_sent_either_the_channel_fails_and_the_member_ran_once(int maxConcurrency) => Watchdog.Run(async () =>
    {
        using var pair = new ChannelPair(maxConcurrency);
        pair.Proxy.Echo("warm").ShouldBe("warm");
        pair.ServerSide.RefusesToSend = static _ => new IOException("no memory");
        var call = Task.Run(() => pair.Proxy.Make(1));
        await Should.ThrowAsync<ConnectionClosedException>(call.WaitAsync(Long));
        pair.WaitForServer();
        pair.ServeFailure.ShouldBeOfType<IOException>().Message.ShouldBe("no memory");
        pair.Desk.Runs.ShouldBe(1);
    });

    /// <summary>Works are pooled: one that has begun may have its next use when its work item fails.</summary>
    [Fact]
    public Task A_work_that_has_begun_is_not_begun_again() => Watchdog.Run(() =>
    {
        using var log = new RecordedLog();
        var work = new Throwing();
        new LimitedScheduler(1).Add(work, null);
        Eventually.Is(() => work.Runs != 0 && !log.Records.IsEmpty, "the failure was logged");
        Thread.Sleep(200);
        work.Runs.ShouldBe(1);
    });

    /// <summary>The enumerator had a number, and its disposal waited for the end of an enumeration that had not begun.</summary>
    [Fact]
    public Task A_stream_that_cannot_be_opened_is_left_at_once() => Watchdog.Run(async () =>
    {
        using var pair = new ChannelPair();
        pair.ClientSide.RefusesToSend = static message =>
            FaultyTransport.KindOf(message) == CallMessage.StreamOpen ? new IOException("no memory") : null;
        await Should.ThrowAsync<IOException>(ReadAsync().WaitAsync(Long));
        pair.ClientSide.RefusesToSend = null;
        (await ReadAsync().WaitAsync(Long)).ShouldBe(3);

        async Task<int> ReadAsync()
        {
            var count = 0;
            await foreach (var _ in pair.Proxy.CountTo(3))
            {
                count++;
            }

            return count;
        }
    });

    private sealed class Throwing : ICallWork
    {
        private int _runs;

        public int Runs => Volatile.Read(ref _runs);

        public bool Run()
        {
            Interlocked.Increment(ref _runs);
            throw new FormatException("a listener of the program");
        }
    }
}
