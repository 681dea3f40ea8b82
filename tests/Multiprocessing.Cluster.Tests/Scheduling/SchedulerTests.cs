using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>The scheduler of a caller beside nodes that the test plays: answers come late, are lost, or overtake each other.</summary>
public class SchedulerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ClusterScheduler _scheduler = new("caller", NullLogger.Instance);
    private int _port = 1;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_task_that_is_cancelled_before_it_was_sent_gives_its_place_to_the_next_one()
    {
        var node = Join(workers: 1);
        node.ChunkAnswer = new TaskCompletionSource<long>().Task; // its argument stays on the way
        using var source = new CancellationTokenSource();
        var large = SubmitLarge(source.Token);
        var next = Submit();
        await node.SeesAChunk.Task.WaitAsync(Patience, Token);
        node.Leases.ShouldBeEmpty("its only worker has a task");
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(large.Task);
        (await node.NextAsync()).ShouldBe((next.Id, 1, 1));
    }

    [Fact]
    public async Task A_task_that_comes_back_to_the_same_node_while_the_answer_is_late_is_sent_once_with_each_lease()
    {
        var node = Join(workers: 1);
        var answer = node.AnswerLater();
        var task = Submit();
        (await node.NextAsync()).ShouldBe((task.Id, 1, 1));
        _scheduler.OnReplies(node.Address, 1, [new TaskReply(task.Id, 1, ReplyOutcome.NotBegun, 0, [])]); // overtakes the answer
        var second = node.AnswerLater();
        answer.SetException(new TimeoutException("The answer was lost."));
        (await node.NextAsync()).ShouldBe((task.Id, 2, 1), "the message is not repeated for a lease that is over");
        _scheduler.OnReplies(node.Address, 2, [new TaskReply(task.Id, 2, ReplyOutcome.Failed, 0, ClusterWork.OfError(new IOException("meant")))]);
        second.SetResult(true);
        (await Should.ThrowAsync<IOException>(task.Task.WaitAsync(Patience, Token))).Message.ShouldBe("meant");
        var other = Submit();
        (await node.NextAsync()).ShouldBe((other.Id, 1, 1), "and not for a task that is over");
        node.Leases.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_without_an_answer_is_repeated_until_the_members_decide_and_counts_as_an_attempt()
    {
        var node = Join(workers: 1);
        var (first, second) = (node.AnswerLater(), node.AnswerLater());
        var task = Submit();
        (await node.NextAsync()).ShouldBe((task.Id, 1, 1));
        first.SetException(new TimeoutException("The answer was lost, and the task runs."));
        (await node.NextAsync()).ShouldBe((task.Id, 1, 1), "it is sent again");
        second.SetException(new InvalidOperationException("The node has ended."));
        (await node.NextAsync()).ShouldBe((task.Id, 1, 1));
        var other = Join(workers: 1);
        var next = Submit();
        (await other.NextAsync()).ShouldBe((next.Id, 1, 1));
        task.Task.IsCompleted.ShouldBeFalse();
        _scheduler.Lose(node.Address);
        (await Should.ThrowAsync<NodeLostException>(task.Task.WaitAsync(Patience, Token))).Attempts.ShouldBe(1);
        other.Leases.ShouldBeEmpty("with one attempt it does not start elsewhere");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_refusal_counts_no_attempt_also_after_lost_answers(int lost)
    {
        var node = Join(workers: 1);
        for (var i = 0; i < lost; i++)
        {
            node.AnswerLater().SetException(new TimeoutException("The message was lost."));
        }

        node.AnswerLater().SetResult(false);
        var task = Submit();
        for (var i = 0; i <= lost; i++)
        {
            (await node.NextAsync()).ShouldBe((task.Id, 1, 1));
        }

        var other = Join(workers: 1);
        (await other.NextAsync()).ShouldBe((task.Id, 2, 1));
    }

    [Fact]
    public async Task What_was_not_sent_when_the_pool_ended_is_not_sent_afterwards()
    {
        var node = Join(workers: 2);
        var answer = node.AnswerLater();
        var sent = Submit();
        (await node.NextAsync()).ShouldBe((sent.Id, 1, 1));
        var waiting = Submit(); // for the answer
        _scheduler.Close(new ObjectDisposedException("pool"));
        answer.SetResult(true);
        await Should.ThrowAsync<ObjectDisposedException>(sent.Task);
        await Should.ThrowAsync<ObjectDisposedException>(waiting.Task);
        await TestCluster.Until(() => !node.Link.IsSending, "the sender has ended");
        node.Leases.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_statistics_count_each_start_that_was_lost_with_its_node()
    {
        var node = Join(workers: 2);
        var (first, second) = (Submit(), Submit(attempts: 2));
        await node.NextAsync();
        await node.NextAsync();
        _scheduler.Lose(node.Address);
        await Should.ThrowAsync<NodeLostException>(first.Task.WaitAsync(Patience, Token));
        var other = Join(workers: 1);
        (await other.NextAsync()).ShouldBe((second.Id, 2, 2));
        _scheduler.OnReplies(other.Address, 1, [new TaskReply(second.Id, 2, ReplyOutcome.Died, 0, ClusterWork.OfError(new IOException("meant")))]);
        await Should.ThrowAsync<IOException>(second.Task.WaitAsync(Patience, Token));
        var insights = _scheduler.Statistics.ToInsights("pool", nodes: 1, workers: 1, waiting: 0);
        insights.WorkersDied.ShouldBe(3);
        var task = insights.Tasks.ShouldHaveSingleItem();
        (task.Submitted, task.Failed, task.WorkerDeaths, task.Retries).ShouldBe((2, 2, 3, 1));
        task.ResultBytes.ShouldBeGreaterThan(0);
    }

    private Node Join(int workers)
    {
        var node = new Node(SiloAddress.New(IPAddress.Loopback, _port++, 1), workers);
        _scheduler.Join(node.Link);
        return node;
    }

    private ClusterTask<int> Submit(int attempts = 1) => Submitted(8, CancellationToken.None, attempts);

    /// <summary>A task whose argument crosses in chunks.</summary>
    private ClusterTask<int> SubmitLarge(CancellationToken cancellationToken) => Submitted(Frames.MaxInline + 1, cancellationToken);

    private ClusterTask<int> Submitted(int size, CancellationToken cancellationToken, int attempts = 1)
    {
        var task = new ClusterTask<int>(
            _scheduler.NextId(), "task", new byte[size], hasResult: true, new TaskSetting(0, Timeout.InfiniteTimeSpan, attempts), cancellationToken);
        _scheduler.Submit(task);
        return task;
    }

    /// <summary>A node that the test plays.</summary>
    private sealed class Node : IClusterPeer
    {
        private readonly ConcurrentQueue<TaskCompletionSource<bool>> _answers = new();
        private readonly SemaphoreSlim _arrived = new(0);

        public Node(SiloAddress address, int workers)
        {
            Address = address;
            Link = new NodeLink(
                address, this, new NodeDescription(true, $"node {address.Endpoint.Port}", "machine", 1, workers, "build", []),
                OutgoingTransfers.To(this, "caller", null));
        }

        public SiloAddress Address { get; }

        public NodeLink Link { get; }

        public ConcurrentQueue<LeasedTask> Leases { get; } = new();

        public Task<long> ChunkAnswer { get; set; } = Task.FromResult(0L);

        public TaskCompletionSource SeesAChunk { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Returns the answer to the next message with tasks that has none yet; others are answered with yes.</summary>
        public TaskCompletionSource<bool> AnswerLater()
        {
            var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _answers.Enqueue(answer);
            return answer;
        }

        public async Task<(long Id, int Lease, int Attempt)> NextAsync()
        {
            (await _arrived.WaitAsync(Patience, Token)).ShouldBeTrue("the node gets a task");
            Leases.TryDequeue(out var task).ShouldBeTrue();
            return (task.Id, task.Lease, task.Attempt);
        }

        public Task<bool> Lease(string caller, byte[] lease)
        {
            var answer = _answers.TryDequeue(out var later) ? later.Task : Task.FromResult(true);
            foreach (var task in Frames.ReadLease(lease).Tasks)
            {
                Leases.Enqueue(task);
                _arrived.Release();
            }

            return answer;
        }

        public Task<long> Chunk(string from, byte[] chunk)
        {
            SeesAChunk.TrySetResult();
            return ChunkAnswer;
        }

        public Task<byte[]> Hello(byte[] hello) => Task.FromResult(Array.Empty<byte>());

        public Task Cancel(string caller, long[] tasks) => Task.CompletedTask;

        public Task TakeBack(string caller, int max) => Task.CompletedTask;

        public Task Leave(string caller) => Task.CompletedTask;

        public Task Reply(string node, byte[] replies) => Task.CompletedTask;

        public Task<bool> Report(string node, byte[] reports) => Task.FromResult(true);

        public Task Drop(string from, long transfer) => Task.CompletedTask;

        public Task<byte[]> Describe() => Task.FromResult(Array.Empty<byte>());
    }
}
