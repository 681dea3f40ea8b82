using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Supervision;

/// <summary>Events that come too late: an alarm that has fired before its timer was disposed, a start that succeeds after its cancellation.</summary>
public class LateEventTests : ProcessTest
{
    private static readonly SupervisedChildOptions NoGraceEnd = new() { ShutdownGrace = Timeout.InfiniteTimeSpan };

    [Fact]
    public Task The_alarm_of_a_back_off_starts_no_child_that_was_removed_meanwhile() => Watchdog.Run(async () =>
    {
        var time = new LateTime();
        var core = Begin(new() { TimeProvider = time, BackOff = new() { Initial = TimeSpan.FromSeconds(10), Jitter = 0 } });
        var child = new ObedientChild();
        var entry = core.Add("child", child, new SupervisedChildOptions());
        await core.When(() => entry.State is SupervisedChildState.Running);
        child.Kill();
        await core.When(() => child.Starts == 2 && entry.State is SupervisedChildState.Running); // the first restart is immediate
        child.Kill();
        await core.When(() => entry.State is SupervisedChildState.BackingOff);
        await core.RemoveAsync(entry);
        time.FireAll();
        entry.State.ShouldBe(SupervisedChildState.Stopped);
        core.BeginStop(isFinal: true);
        await core.Completion;
        child.Starts.ShouldBe(2);
    });

    [Fact]
    public Task A_start_that_succeeds_after_its_cancellation_is_killed_at_the_supervisors_grace() => Watchdog.Run(async () =>
    {
        var core = Begin(new() { ShutdownGrace = TimeSpan.FromSeconds(2) });
        var child = new StubbornChild();
        var entry = core.Add("child", child, NoGraceEnd);
        await child.Begun.Task;
        core.BeginStop(isFinal: true);
        await core.When(() => entry.State is SupervisedChildState.Stopping);
        child.Started.SetResult(); // within the grace
        await core.Completion;
        child.Kills.ShouldBeGreaterThan(0);
    });

    [Fact]
    public Task A_start_that_succeeds_after_the_supervisor_has_killed_all_is_killed_too() => Watchdog.Run(async () =>
    {
        var core = Begin(new());
        var child = new StubbornChild();
        core.Add("child", child, NoGraceEnd);
        await child.Begun.Task;
        core.Kill();
        child.Started.SetResult();
        await core.Completion;
        child.Kills.ShouldBeGreaterThan(0);
    });

    private static SupervisorCore Begin(ProcessSupervisorOptions options)
    {
        var core = new SupervisorCore(options.ToValidated(), isRoot: true);
        core.Begin();
        return core;
    }

    private abstract class FakeChild : ISupervisedChild
    {
        private TaskCompletionSource<ChildEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile int _starts;
        private volatile int _kills;

        public string Kind => "fake";

        public int? ProcessId => null;

        public int Starts => _starts;

        public int Kills => _kills;

        public Task<ChildEnd> Ended => _ended.Task;

        public virtual Task StartAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _starts);
            _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return Task.CompletedTask;
        }

        public abstract Task StopAsync(TimeSpan grace);

        public void Kill()
        {
            Interlocked.Increment(ref _kills);
            _ended.TrySetResult(new ChildEnd(new IOException("killed")));
        }

        public void Release()
        {
        }
    }

    private sealed class ObedientChild : FakeChild
    {
        public override Task StopAsync(TimeSpan grace)
        {
            Kill();
            return Task.CompletedTask;
        }
    }

    /// <summary>Starts when it likes, and ends only when it is killed.</summary>
    private sealed class StubbornChild : FakeChild
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task StartAsync(CancellationToken cancellationToken)
        {
            await base.StartAsync(cancellationToken);
            Begun.SetResult();
            await Started.Task;
        }

        public override async Task StopAsync(TimeSpan grace) => await Ended;
    }

    /// <summary>A clock whose alarms cannot be revoked any more.</summary>
    private sealed class LateTime : TimeProvider
    {
        private readonly Lock _gate = new();
        private readonly List<Action> _alarms = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                _alarms.Add(() => callback(state));
            }

            return new Irrevocable();
        }

        public void FireAll()
        {
            Action[] alarms;
            lock (_gate)
            {
                alarms = [.. _alarms];
            }

            foreach (var alarm in alarms)
            {
                alarm();
            }
        }

        private sealed class Irrevocable : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
