using System.Net.Sockets;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests;

/// <summary>A mistake throws at the call that made it, says what to do, and leaves nothing started.</summary>
public class BadInputTests : ProcessTest
{
    [Fact]
    public Task A_null_body_is_refused() => Watchdog.Run(() =>
    {
        Should.Throw<ArgumentNullException>(() => ChildProcess.Run((Action)null!)).ParamName.ShouldBe("body");
        Should.Throw<ArgumentNullException>(() => ChildProcess.Run((Func<Task>)null!)).ParamName.ShouldBe("body");
        Should.Throw<ArgumentNullException>(() => ChildProcess.Run((Func<int>)null!)).ParamName.ShouldBe("body");
        Should.Throw<ArgumentNullException>(() => ChildProcess.Run((Func<Task<int>>)null!)).ParamName.ShouldBe("body");
        Should.Throw<ArgumentNullException>(() => ChildProcess.Run((Action<int>)null!, 1)).ParamName.ShouldBe("body");
        Should.Throw<ArgumentNullException>(() => ChildProcess.Create((Func<int, int>)null!, 1)).ParamName.ShouldBe("body");
        Should.Throw<ArgumentNullException>(() => new ChildProcess((Action)null!)).ParamName.ShouldBe("body");
        Should.Throw<ArgumentNullException>(() => new ChildProcess<int>((Func<int>)null!)).ParamName.ShouldBe("body");
        ChildProcess.Active.ShouldBeEmpty();
    });

    [Fact]
    public Task A_captured_variable_that_cannot_cross_is_named_and_nothing_is_started() => Watchdog.Run(() =>
    {
        var worker = new Thread(() => { });
        var exception = Should.Throw<NotSerializableException>(() => ChildProcess.Run(() => worker.Start()));
        exception.Path.ShouldContain("worker");
        exception.Culprit.ShouldBe(typeof(Thread));
        exception.Message.ShouldContain("worker");
        exception.Suggestion.ShouldNotBeNullOrWhiteSpace();
        ChildProcess.Active.ShouldBeEmpty();
        TestRun.Processes().ShouldBeEmpty();
    });

    [Fact]
    public Task An_argument_that_cannot_cross_is_named_down_to_the_field() => Watchdog.Run(() =>
    {
        using var database = new Database();
        using var child = ChildProcess.Create(value => Console.WriteLine(value), database);
        var exception = Should.Throw<NotSerializableException>(child.Start);
        exception.Path.ShouldContain("_socket");
        exception.Culprit.ShouldBe(typeof(Socket));
        (child.State, child.IsAlive).ShouldBe((ProcessState.Created, false));
        ChildProcess.Active.ShouldBeEmpty();
    });

    [Fact]
    public Task What_is_bound_to_a_process_is_refused_with_its_counterpart() => Watchdog.Run(() =>
    {
        Refused(Task.CompletedTask);
        Refused(new CancellationTokenSource());
        Refused(new System.Collections.Concurrent.BlockingCollection<int>()).Suggestion.ShouldContain("ProcessQueue");
        Refused(new System.Collections.Concurrent.ConcurrentQueue<int>()).Suggestion.ShouldContain("ProcessQueue");
        Refused(System.Threading.Channels.Channel.CreateUnbounded<int>()).Suggestion.ShouldContain("ProcessQueue");
        Refused(new SemaphoreSlim(1));
        Refused(new Lock());
        Refused(new Socket(SocketType.Stream, ProtocolType.Tcp));

        static NotSerializableException Refused<T>(T value)
        {
            using var _ = value as IDisposable;
            return Should.Throw<NotSerializableException>(() => ChildProcess.Run(item => Console.WriteLine(item), value));
        }
    });

    [Fact]
    public Task A_result_that_cannot_cross_fails_the_result_and_names_it() => Watchdog.Run(() =>
    {
        var failure = ChildProcess.Run(() => new Database()).TakeFailure();
        failure.ShouldBeOfType<NotSerializableException>().Path.ShouldContain("_socket");
    });

    [Fact]
    public Task A_second_Start_is_refused_and_the_child_runs_once() => Watchdog.Run(() =>
    {
        using var queue = new ProcessQueue<int>().Watch();
        using var child = new ChildProcess(() => queue.Put(1));
        child.Start();
        Should.Throw<InvalidOperationException>(child.Start).Message.ShouldContain("started before");
        child.Join();
        Should.Throw<InvalidOperationException>(child.Start);
        queue.Count.ShouldBe(1);
    });

    [Fact]
    public Task Members_of_a_process_that_was_not_started_say_so() => Watchdog.Run(async () =>
    {
        using var child = new ChildProcess(Ends.ByReturn);
        Should.Throw<InvalidOperationException>(child.Join).Message.ShouldContain("Start");
        Should.Throw<InvalidOperationException>(() => child.Join(TimeSpan.Zero));
        await Should.ThrowAsync<InvalidOperationException>(async () => await child.JoinAsync());
        Should.Throw<InvalidOperationException>(() => child.Id);
        Should.Throw<InvalidOperationException>(child.Kill);
        Should.Throw<InvalidOperationException>(child.Terminate);
        Should.Throw<InvalidOperationException>(child.Interrupt);
        Should.Throw<InvalidOperationException>(child.GetStatistics);
        child.ExitStatus.ShouldBeNull();
    });

    [Fact]
    public Task All_members_of_a_dead_child_can_be_used_and_do_no_harm() => Watchdog.Run(async () =>
    {
        var child = ChildProcess.Run(Ends.ByReturn);
        child.Join();
        var id = child.Id;
        child.Join();
        child.Join(TimeSpan.Zero).ShouldBeTrue();
        await child.JoinAsync();
        child.Kill();
        child.Terminate();
        child.Terminate(TimeSpan.Zero);
        child.Interrupt();
        child.GetStatistics().State.ShouldBe(SchedulingState.Exited);
        child.Dispose();
        child.Dispose();
        await child.DisposeAsync();
        child.Kill();
        child.Id.ShouldBe(id);
        child.ExitStatus!.IsSuccess.ShouldBeTrue();
        child.State.ShouldBe(ProcessState.Exited);
    });

    [Fact]
    public Task Join_takes_no_negative_time() => Watchdog.Run(() =>
    {
        using var child = ChildProcess.Run(Ends.ByReturn);
        Should.Throw<ArgumentOutOfRangeException>(() => child.Join(TimeSpan.FromSeconds(-5)));
    });

    [Fact]
    public Task A_process_cannot_take_its_own_handle_along_to_join_itself() => Watchdog.Run(() =>
    {
        ChildProcess? self = null;
        self = new ChildProcess(() => self!.Join());
        using (self)
        {
            var exception = Should.Throw<NotSerializableException>(self.Start);
            exception.Path.ShouldContain("self");
            exception.Culprit.ShouldBe(typeof(ChildProcess));
            self.IsAlive.ShouldBeFalse();
        }
    });

    [Fact]
    public Task Options_out_of_range_are_refused_by_name() => Watchdog.Run(() =>
    {
        Refused(new() { HeapLimit = -1 }, nameof(ChildProcessOptions.HeapLimit));
        Refused(new() { HeapLimit = 0 }, nameof(ChildProcessOptions.HeapLimit));
        Refused(new() { Nice = 20 }, nameof(ChildProcessOptions.Nice));
        Refused(new() { Nice = -21 }, nameof(ChildProcessOptions.Nice));
        Refused(new() { ProcessorAffinity = [] }, nameof(ChildProcessOptions.ProcessorAffinity));
        Refused(new() { ProcessorAffinity = [-1] }, nameof(ChildProcessOptions.ProcessorAffinity));
        Refused(new() { TerminationGrace = TimeSpan.FromSeconds(-3) }, nameof(ChildProcessOptions.TerminationGrace));
        Refused(new() { StartTimeout = TimeSpan.FromSeconds(-3) }, nameof(ChildProcessOptions.StartTimeout));
        Refused(new() { Environment = { [""] = "x" } }, nameof(ChildProcessOptions.Environment));
        Refused(new() { Environment = { ["A=B"] = "x" } }, nameof(ChildProcessOptions.Environment));
        Refused(new() { Environment = { ["A\0"] = "x" } }, nameof(ChildProcessOptions.Environment));
        Refused(new() { Environment = { ["A"] = "x\0y" } }, nameof(ChildProcessOptions.Environment));
        Should.Throw<ArgumentNullException>(() => ChildProcess.Run(Ends.ByReturn, new ChildProcessOptions { StandardOutput = null! }));
        Should.Throw<ArgumentNullException>(() => ProcessOutput.ToLines(null!));
        ChildProcess.Active.ShouldBeEmpty();

        static void Refused(ChildProcessOptions options, string name) =>
            Should.Throw<ArgumentException>(() => ChildProcess.Run(Ends.ByReturn, options)).ParamName.ShouldBe(name);
    });

    [Fact]
    public Task A_working_directory_that_does_not_exist_is_named() => Watchdog.Run(() =>
    {
        var options = new ChildProcessOptions { Name = "lost", WorkingDirectory = "/there/is/no/such/directory" };
        var exception = Should.Throw<ProcessStartException>(() => ChildProcess.Run(Ends.ByReturn, options));
        exception.Message.ShouldContain("lost");
        exception.Message.ShouldContain("/there/is/no/such/directory");
        ChildProcess.Active.ShouldBeEmpty();
    });

    [Fact]
    public Task A_processor_that_the_machine_does_not_have_is_refused_at_the_start() => Watchdog.Run(() =>
    {
        var options = new ChildProcessOptions { ProcessorAffinity = [1023] };
        Should.Throw<ProcessStartException>(() => ChildProcess.Run(Ends.ByReturn, options));
        ChildProcess.Active.ShouldBeEmpty();
        ChildProcess.Run(() => Environment.ProcessorCount).Take().ShouldBe(Environment.ProcessorCount, "the parent's own affinity is as it was");
    });

    [Fact]
    public Task A_child_that_cannot_read_its_body_is_reported_as_failed_to_start() => Watchdog.Run(() =>
    {
        var child = ChildProcess.Run(value => Console.WriteLine(value), new Explosive(1), Ends.Quiet);
        var failure = child.TakeFailure().ShouldBeOfType<ProcessStartException>();
        child.ExitStatus!.Reason.ShouldBe(ExitReason.StartFailed);
        failure.Message.ShouldContain("explodes when it is read");
    });

    private sealed class Database : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

        public void Dispose() => _socket.Dispose();
    }

    /// <summary>Crosses by its content, through a constructor of its own that throws on the other side.</summary>
    private sealed class Explosive : System.Collections.Generic.HashSet<int>
    {
        public Explosive(int item)
            : base([item], new ExplosiveComparer())
        {
        }
    }

    /// <summary>A hashed collection is rebuilt by its comparer, so this one runs while the body is read.</summary>
    private sealed class ExplosiveComparer : IEqualityComparer<int>
    {
        private readonly int _home = Environment.ProcessId;

        public bool Equals(int x, int y) => x == y;

        public int GetHashCode(int value) =>
            _home == Environment.ProcessId ? value : throw new InvalidOperationException("This explodes when it is read.");
    }
}
