using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;
using Shouldly;
using Xunit;

namespace Multiprocessing.ClusterTests;

/// <summary>
/// What a node answers to messages with tasks that come again, late, or when it leaves: <see langword="false"/> only if it has taken no copy. The test
/// plays the caller, and the members.
/// </summary>
public sealed class NodeAnswerTests : IClusterPeers, IAsyncDisposable
{
    private const long TaskId = 7;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly SiloAddress _self = SiloAddress.New(IPAddress.Loopback, 1, 1);
    private readonly SiloAddress _callerAddress = SiloAddress.New(IPAddress.Loopback, 2, 1);
    private readonly Members _members = new();
    private readonly Caller _caller = new();
    private readonly NodeHost _node;

    public NodeAnswerTests()
    {
        var options = new MultiprocessingNodeOptions { Name = "node", Workers = 1 };
        _node = new NodeHost(
            options, _members, new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), this, new Self(_self), NullLogger<NodeHost>.Instance);
        _members.Set(_callerAddress, SiloStatus.Active);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string CallerName => _callerAddress.ToParsableString();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    IClusterPeer IClusterPeers.Of(SiloAddress member) => _caller;

    [Fact]
    public async Task A_copy_of_a_message_that_it_has_taken_is_not_refused_when_it_leaves()
    {
        _caller.Hold(); // it has not ended before the copy arrives
        Lease(1, 1).ShouldBeTrue();
        var stop = _node.StopAsync(Token);
        Lease(2, 1).ShouldBeTrue("the answer to the first copy was lost");
        _caller.Go();
        (await _caller.NextAsync()).ShouldBe((TaskId, 1));
        await stop;
        _caller.Replies.Reader.TryRead(out _).ShouldBeFalse("each lease has one reply");
    }

    [Fact]
    public async Task A_message_is_refused_when_it_leaves_and_a_late_copy_starts_nothing()
    {
        Lease(1, 1).ShouldBeTrue();
        (await _caller.NextAsync()).ShouldBe((TaskId, 1));
        _caller.Hold(); // it has not ended before the reply has arrived
        Lease(2, 2).ShouldBeTrue();
        var stop = _node.StopAsync(Token);
        Lease(4, 3).ShouldBeFalse();
        Lease(4, 3).ShouldBeFalse("it arrived twice");
        Lease(3, 3).ShouldBeTrue("an older copy, whose answer nothing waits for");
        _caller.Go();
        await stop;
        (await _caller.NextAsync()).ShouldBe((TaskId, 2));
        _caller.Replies.Reader.TryRead(out _).ShouldBeFalse("what was refused has no reply");
    }

    [Fact]
    public async Task A_caller_that_comes_first_when_it_leaves_is_refused()
    {
        Lease(1, 1).ShouldBeTrue();
        (await _caller.NextAsync()).ShouldBe((TaskId, 1));
        _caller.Hold();
        Lease(2, 2).ShouldBeTrue();
        var stop = _node.StopAsync(Token);
        var other = SiloAddress.New(IPAddress.Loopback, 3, 1);
        _members.Set(other, SiloStatus.Active);
        _node.Lease(other.ToParsableString(), Frame(1, 1)).ShouldBeFalse();
        _caller.Go();
        await stop;
    }

    [Fact]
    public async Task It_cannot_say_after_its_end()
    {
        Lease(1, 1).ShouldBeTrue();
        await _node.StopAsync(Token);
        Should.Throw<InvalidOperationException>(() => Lease(2, 1)).Message.ShouldContain("ended on the node 'node'");
    }

    [Fact]
    public void It_cannot_say_after_the_caller_has_left()
    {
        Lease(1, 1).ShouldBeTrue();
        _node.Leave(CallerName);
        Should.Throw<InvalidOperationException>(() => Lease(2, 1)).Message.ShouldContain("have ended");
        _caller.Replies.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_caller_that_is_newer_than_an_update_of_the_members_stays()
    {
        var older = new ClusterMembershipSnapshot(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new MembershipVersion(0));
        await _node.StartAsync(Token);
        Lease(1, 1).ShouldBeTrue();
        (await _caller.NextAsync()).ShouldBe((TaskId, 1));
        _members.Updates.Writer.TryWrite(older);
        await TestCluster.Until(() => _members.Taken == 1, "the node has seen the update");
        Lease(2, 2).ShouldBeTrue();
        (await _caller.NextAsync()).ShouldBe((TaskId, 2));
        _members.Set(_callerAddress, SiloStatus.Dead);
        _members.Updates.Writer.TryWrite(_members.CurrentSnapshot);
        await TestCluster.Until(() => _members.Taken == 2, "the node has seen the death");
        Should.Throw<InvalidOperationException>(() => Lease(3, 3));
    }

    [Fact]
    public async Task A_caller_that_it_does_not_know_yet_is_looked_up_and_repeats_its_message()
    {
        _members.Set(_callerAddress, SiloStatus.None);
        _members.OnRefresh = () => _members.Set(_callerAddress, SiloStatus.Active);
        Should.Throw<InvalidOperationException>(() => Lease(1, 1)).Message.ShouldContain("not a member");
        await TestCluster.Until(() => _members.CurrentSnapshot.GetSiloStatus(_callerAddress) == SiloStatus.Active, "the members were read");
        Lease(2, 1).ShouldBeTrue();
        (await _caller.NextAsync()).ShouldBe((TaskId, 1));
    }

    private bool Lease(long sequence, int lease) => _node.Lease(CallerName, Frame(sequence, lease));

    /// <summary>A message with one task, whose call cannot be read: its reply is an error, and all that matters here is that it has one.</summary>
    private static byte[] Frame(long sequence, int lease) =>
        Frames.OfLease(sequence, 0, [new LeasedTask(TaskId, lease, 1, "task", Timeout.InfiniteTimeSpan, false, [1, 2, 3])]);

    private sealed class Caller : IClusterPeer
    {
        private TaskCompletionSource _go = Done();

        public Channel<TaskReply> Replies { get; } = Channel.CreateUnbounded<TaskReply>();

        public async Task<(long Id, int Lease)> NextAsync()
        {
            var reply = await Replies.Reader.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            return (reply.Id, reply.Lease);
        }

        /// <summary>From now on its answers to replies come late.</summary>
        public void Hold() => _go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Go() => _go.SetResult();

        public Task Reply(string node, byte[] replies)
        {
            foreach (var reply in Frames.ReadReplies(replies).Replies)
            {
                Replies.Writer.TryWrite(reply);
            }

            return _go.Task;
        }

        public Task<byte[]> Hello(byte[] hello) => throw new NotSupportedException();

        public Task<bool> Lease(string caller, byte[] lease) => throw new NotSupportedException();

        public Task Cancel(string caller, long[] tasks) => throw new NotSupportedException();

        public Task TakeBack(string caller, int max) => throw new NotSupportedException();

        public Task Leave(string caller) => throw new NotSupportedException();

        public Task<bool> Report(string node, byte[] reports) => Task.FromResult(true);

        public Task<long> Chunk(string from, byte[] chunk) => Task.FromResult(Multiprocessing.Chunk.NotWanted);

        public Task Drop(string from, long transfer) => Task.CompletedTask;

        public Task<byte[]> Describe() => throw new NotSupportedException();

        private static TaskCompletionSource Done()
        {
            var done = new TaskCompletionSource();
            done.SetResult();
            return done;
        }
    }

    private sealed class Members : IClusterMembershipService
    {
        private long _version;

        public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } =
            new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new MembershipVersion(0));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => ReadAsync();

        public Channel<ClusterMembershipSnapshot> Updates { get; } = Channel.CreateUnbounded<ClusterMembershipSnapshot>();

        /// <summary>Gets how many updates the node is through with.</summary>
        public int Taken { get; private set; }

        public Action? OnRefresh { get; set; }

        public void Set(SiloAddress member, SiloStatus status) => CurrentSnapshot = new(
            CurrentSnapshot.Members.SetItem(member, new ClusterMember(member, status, "caller:test")), new MembershipVersion(++_version));

        public ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default)
        {
            OnRefresh?.Invoke();
            return default;
        }

        public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();

        private async IAsyncEnumerable<ClusterMembershipSnapshot> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var update in Updates.Reader.ReadAllAsync(cancellationToken))
            {
                yield return update;
                Taken++;
            }
        }
    }

    private sealed class Self(SiloAddress address) : ILocalSiloDetails
    {
        public string Name => "node:node";

        public string ClusterId => "test";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => address;

        public SiloAddress GatewayAddress => address;
    }
}
