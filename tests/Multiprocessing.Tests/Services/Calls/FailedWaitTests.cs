using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Services.Calls;

/// <summary>A wait for a reply that ends by an exception: no other call gets that reply, and no other caller waits for ever.</summary>
public class FailedWaitTests : ProcessTest
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    /// <summary>The object of the first call was used again while its reply was on the way: the second call returned the first one's result.</summary>
    [Fact]
    public Task A_reply_that_cannot_be_received_is_no_reply_of_the_next_call() => Watchdog.Run(() =>
    {
        using var pair = new ChannelPair();
        pair.Proxy.Echo("warm").ShouldBe("warm");
        pair.ClientSide.FailNextMessage(new IOException("no descriptors"));
        Should.Throw<ConnectionClosedException>(() => pair.Proxy.Echo("first"));
        Should.Throw<ConnectionClosedException>(() => pair.Proxy.Echo("second"));
        pair.Client.Failure.ShouldBeOfType<IOException>().Message.ShouldBe("no descriptors");
        pair.Client.PendingCalls.ShouldBe(0);
    });

    [Fact]
    public Task A_message_that_cannot_be_received_ends_the_waits_of_all_callers() => Watchdog.Run(async () =>
    {
        using var pair = new ChannelPair();
        Task<string>[] waiting = [pair.Proxy.WaitAsync("next"), pair.Proxy.WaitAsync("later")];
        pair.ClientSide.FailNextMessage(new OutOfMemoryException());
        var blocked = Task.Factory.StartNew(() => pair.Proxy.Wait("never"), TaskCreationOptions.LongRunning);
        string[] names = ["next", "later", "never"]; // each runs on a thread of its own, so the last may be the first that runs
        Eventually.Is(() => names.All(pair.Desk.HasBegun), "the calls run");
        pair.Desk.Open("next");
        foreach (var call in waiting.Append(blocked))
        {
            await Should.ThrowAsync<ConnectionClosedException>(call.WaitAsync(Long));
        }

        pair.Client.Failure.ShouldBeOfType<OutOfMemoryException>();
        pair.Desk.Open("never");
    });

    /// <summary>As above for a caller that sleeps while another thread reads.</summary>
    [Fact]
    public Task The_reply_of_an_interrupted_call_is_no_reply_of_the_next_call() => Watchdog.Run(async () =>
    {
        using var pair = new ChannelPair();
        var reading = Task.Factory.StartNew(() => pair.Proxy.Wait("one"), TaskCreationOptions.LongRunning);
        Eventually.Is(() => pair.Client.Reads != 0 && pair.Desk.HasBegun("one"), "a thread reads");
        string? third = null;
        var sleeper = new Thread(() =>
        {
            try
            {
                pair.Proxy.Wait("two");
            }
            catch (ThreadInterruptedException)
            {
                third = pair.Proxy.Wait("three");
            }
        })
        {
            IsBackground = true,
        };
        sleeper.Start();
        Eventually.Is(() => pair.Desk.HasBegun("two") && sleeper.ThreadState.HasFlag(ThreadState.WaitSleepJoin), "the other thread sleeps");
        sleeper.Interrupt();
        Eventually.Is(() => pair.Desk.HasBegun("three"), "the next call runs");
        pair.Client.PendingCalls.ShouldBe(2);
        pair.Desk.Open("two");
        sleeper.Join(TimeSpan.FromMilliseconds(200)).ShouldBeFalse();
        pair.Desk.Open("three");
        sleeper.Join(Long).ShouldBeTrue();
        third.ShouldBe("three");
        pair.Desk.Open("one");
        (await reading.WaitAsync(Long)).ShouldBe("one");
    });

    /// <summary>The reading thread left, and no other one was asked to read.</summary>
    [Fact]
    public Task A_reader_that_is_interrupted_leaves_the_channel_to_another_one() => Watchdog.Run(async () =>
    {
        using var pair = new ChannelPair();
        var waiting = pair.Proxy.WaitAsync("later");
        Eventually.Is(() => pair.Desk.HasBegun("later"), "the call runs");
        pair.ClientSide.InterruptNextReceive();
        Should.Throw<ThreadInterruptedException>(() => pair.Proxy.Wait("never"));
        pair.Desk.Open("later");
        (await waiting.WaitAsync(Long)).ShouldBe("later");
        pair.Proxy.Echo("x").ShouldBe("x");
        Eventually.Is(() => pair.Desk.HasBegun("never"), "the other call runs");
        pair.Desk.Open("never");
    });

    /// <summary>No call after it was read without a thread: the registration seemed to be under way for ever.</summary>
    [Fact]
    public Task A_wait_without_a_thread_that_cannot_begin_ends_the_calls() => Watchdog.Run(async () =>
    {
        using var pair = new ChannelPair();
        pair.Proxy.Echo("warm").ShouldBe("warm");
        pair.ClientSide.FailNextRegistration(new IOException("no descriptors"));
        var waiting = Task.Run(() => pair.Proxy.WaitAsync("never"));
        await Should.ThrowAsync<ConnectionClosedException>(waiting.WaitAsync(Long));
        pair.Client.Failure.ShouldNotBeNull();
    });

    /// <summary>The background leaves what it finds to the thread that reads while it waits for room, and that thread did not leave it back.</summary>
    [Fact]
    public Task A_thread_that_reads_while_it_waits_for_room_leaves_the_channel_to_another_reader() => Watchdog.Run(async () =>
    {
        using var pair = new ChannelPair();
        var waiting = pair.Proxy.WaitAsync("later");
        Eventually.Is(() => pair.Desk.HasBegun("later"), "the call runs");
        var sender = Environment.CurrentManagedThreadId;
        pair.ClientSide.LooksForMessage = () =>
        {
            if (Environment.CurrentManagedThreadId != sender)
            {
                return null;
            }

            // The reply comes right after this look, while this thread has the role: the background and its check find it taken.
            pair.ClientSide.LooksForMessage = null;
            pair.Desk.Open("later");
            Eventually.Is(() => pair.ClientSide.HasMessage, "the reply is there");
            Thread.Sleep(200);
            return false;
        };
        pair.ClientSide.HaveNoRoomOnce();
        pair.Client.SendOrDrop(new CallHeader(CallMessage.Release, 1, objectId: 4711));
        pair.ClientSide.LooksForMessage.ShouldBeNull();
        (await waiting.WaitAsync(Long)).ShouldBe("later");
    });
}
