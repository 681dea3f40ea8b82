using System.Diagnostics.Metrics;
using Multiprocessing.Tests.Services;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Telemetry;

/// <summary>What a listener of the meter sees in the root of a program.</summary>
[Collection(ProcessCollection.Name)]
public sealed class MetricTests : ProcessTest
{
    [Fact]
    public Task The_root_counts_the_processes_of_its_tree() => Watchdog.Run(() =>
    {
        using var metrics = new RecordedMetrics();
        var running = metrics.Sum("multiprocessing.process.count");
        var killed = metrics.Sum("multiprocessing.process.ended", ("multiprocessing.exit.reason", "killed"));
        var exited = metrics.Sum("multiprocessing.process.ended", ("multiprocessing.exit.reason", "exited"));
        var started = metrics.Sum("multiprocessing.process.started");
        using var ready = new ProcessEvent();
        using var release = new ProcessEvent();

        // A child that has a child: the grandchild belongs to the family, too.
        using var child = ChildProcess.Run(() =>
        {
            using var grandchild = ChildProcess.Run(() =>
            {
                ready.Set();
                release.Wait();
            });
            grandchild.Wait();
        });
        ready.Wait();
        metrics.Sum("multiprocessing.process.count").ShouldBeGreaterThanOrEqualTo(running + 2);
        metrics.Sum("process.memory.usage", ("process.pid", child.Id)).ShouldBeGreaterThan(1 << 20);
        metrics.Sum("process.cpu.time", ("process.pid", child.Id)).ShouldBeGreaterThan(0);
        metrics.Sum("process.thread.count", ("process.pid", child.Id)).ShouldBeGreaterThan(0);
        release.Set();
        child.Wait();
        child.Join();
        metrics.Sum("multiprocessing.process.ended", ("multiprocessing.exit.reason", "exited")).ShouldBeGreaterThanOrEqualTo(exited + 2);
        using var victim = ChildProcess.Run(() => Thread.Sleep(Timeout.Infinite));
        victim.Kill();
        victim.Join();
        metrics.Sum("multiprocessing.process.ended", ("multiprocessing.exit.reason", "killed")).ShouldBeGreaterThanOrEqualTo(killed + 1);
        metrics.Sum("multiprocessing.process.started").ShouldBeGreaterThanOrEqualTo(started + 3);
    });

    [Fact]
    public Task Queues_report_depth_and_what_was_put_and_taken_in_all_processes() => Watchdog.Run(() =>
    {
        using var metrics = new RecordedMetrics();
        var name = $"jobs-{Guid.NewGuid():N}";
        (string, object) tag = ("messaging.destination.name", name);
        using (var queue = new ProcessQueue<long>(new() { DisplayName = name }))
        {
            using var child = ChildProcess.Run(() =>
            {
                for (var i = 0; i < 5; i++)
                {
                    queue.Put(i);
                }

                queue.Get();
            });
            child.Wait();
            metrics.Sum("multiprocessing.queue.depth", tag).ShouldBe(4);
            metrics.Sum("multiprocessing.queue.usage", tag).ShouldBeGreaterThan(0);
            metrics.Sum("messaging.client.sent.messages", tag, ("messaging.operation.name", "put")).ShouldBe(5);
            metrics.Sum("messaging.client.consumed.messages", tag, ("messaging.system", "multiprocessing")).ShouldBe(1);
            while (queue.TryGet(out _))
            {
            }

            var waits = metrics.Sum("multiprocessing.queue.waits", tag, ("multiprocessing.queue.waits_for", "item"));
            using var waiter = ChildProcess.Run(() => queue.Get());
            Eventually.Is(() => metrics.Sum("multiprocessing.queue.waiters", tag, ("multiprocessing.queue.waits_for", "item")) == 1, "it waits");
            Eventually.Is(
                () => metrics.Sum("multiprocessing.queue.waits", tag, ("multiprocessing.queue.waits_for", "item")) == waits + 1, "it is counted once");
            metrics.Sum("multiprocessing.queue.waits", tag, ("multiprocessing.queue.waits_for", "room")).ShouldBe(0);
            queue.Put(1);
            waiter.Wait();
            metrics.Sum("messaging.client.consumed.messages", tag).ShouldBe(6);
        }

        // A counter keeps what a removed queue has counted.
        metrics.Sum("messaging.client.consumed.messages", tag).ShouldBe(6);
        metrics.Sum("multiprocessing.queue.depth", tag).ShouldBe(0);
    });

    [Fact]
    public Task Only_an_entry_that_waits_is_a_contention() => Watchdog.Run(() =>
    {
        using var metrics = new RecordedMetrics();
        using var gate = new ProcessLock();
        var before = metrics.Sum("multiprocessing.lock.contentions");
        for (var i = 0; i < 1000; i++)
        {
            gate.Enter();
            gate.Exit();
        }

        metrics.Sum("multiprocessing.lock.contentions").ShouldBe(before);
        before = metrics.Sum("multiprocessing.lock.contentions", ("multiprocessing.lock.kind", "lock"));
        gate.Enter();
        using var child = ChildProcess.Run(() =>
        {
            gate.Enter();
            Environment.FailFast("dies as owner");
        });
        Eventually.Is(() => metrics.Sum("multiprocessing.lock.waiters", ("multiprocessing.lock.kind", "lock")) >= 1, "the child waits");
        metrics.Sum("multiprocessing.lock.contentions", ("multiprocessing.lock.kind", "lock")).ShouldBe(before + 1);
        var abandoned = metrics.Sum("multiprocessing.lock.abandonments");
        gate.Exit();
        child.Join();
        gate.Enter().WasAbandoned.ShouldBeTrue();
        gate.Exit();
        metrics.Sum("multiprocessing.lock.abandonments").ShouldBe(abandoned + 1);
    });

    [Fact]
    public Task An_asynchronous_entry_that_waits_is_a_contention() => Watchdog.Run(async () =>
    {
        using var metrics = new RecordedMetrics();
        using var gate = new ProcessLock();
        var before = metrics.Sum("multiprocessing.lock.contentions");
        using (var first = await gate.EnterAsync())
        {
            var second = gate.EnterAsync().AsTask();
            Eventually.Is(() => metrics.Sum("multiprocessing.lock.contentions") == before + 1, "the second entry is counted once");
            first.Dispose();
            using var _ = await second;
        }
    });

    [Fact]
    public Task Pools_report_tasks_by_outcome_durations_workers_and_bytes() => Watchdog.Run(async () =>
    {
        using var metrics = new RecordedMetrics();
        var name = $"pool-{Guid.NewGuid():N}";
        (string, object) tag = ("multiprocessing.pool.name", name);
        double Tasks(string outcome) => metrics.Sum("multiprocessing.pool.tasks", tag, ("multiprocessing.task.outcome", outcome));
        await using (var pool = new ProcessPool(new() { Name = name, Workers = 1, MaxAttempts = 2 }))
        {
            _ = await pool.RunAsync(static text => text.Length, "twelve bytes", new() { Name = "length" });
            await Should.ThrowAsync<InvalidOperationException>(pool.RunAsync(static () => throw new InvalidOperationException("no")));
            await Should.ThrowAsync<TimeoutException>(
                pool.RunAsync(static () => Thread.Sleep(Timeout.Infinite), new() { Timeout = TimeSpan.FromMilliseconds(200), MaxAttempts = 1 }));
            await Should.ThrowAsync<WorkerDiedException>(pool.RunAsync(static () => Environment.FailFast("no")));
            Tasks("succeeded").ShouldBe(1);
            Tasks("failed").ShouldBe(1);
            Tasks("timed_out").ShouldBe(1);
            Tasks("worker_died").ShouldBe(1);
            metrics.Sum("multiprocessing.pool.tasks", tag, ("multiprocessing.task.name", "length")).ShouldBe(1);
            metrics.Sum("multiprocessing.pool.task.retries", tag).ShouldBe(1);
            metrics.Sum("multiprocessing.pool.worker.deaths", tag).ShouldBe(3);
            metrics.Sum("multiprocessing.pool.worker.started", tag).ShouldBeGreaterThanOrEqualTo(3);
            metrics.Sum("multiprocessing.pool.io", tag, ("multiprocessing.io.direction", "to_worker")).ShouldBeGreaterThan(12);
            metrics.All.Where(measured => measured.Name == "multiprocessing.pool.task.run.duration" && name.Equals(measured.Tags["multiprocessing.pool.name"]))
                .ShouldNotBeEmpty();
            var blocked = pool.RunAsync(static () => Thread.Sleep(Timeout.Infinite));
            var waiting = pool.RunAsync(static () => { });
            Eventually.Is(() => metrics.Sum("multiprocessing.pool.workers", tag, ("multiprocessing.worker.state", "busy")) == 1, "the worker is busy");
            Eventually.Is(() => metrics.Sum("multiprocessing.pool.task.pending", tag) == 1, "the other one waits");
            await pool.DisposeAsync();
            await Should.ThrowAsync<ObjectDisposedException>(blocked);
            await Should.ThrowAsync<ObjectDisposedException>(waiting);
        }

        Tasks("succeeded").ShouldBe(1);
        metrics.Sum("multiprocessing.pool.workers", tag).ShouldBe(0);
    });

    [Fact]
    public Task Pools_of_children_are_counted_also_when_the_children_have_ended() => Watchdog.Run(() =>
    {
        using var metrics = new RecordedMetrics();
        var name = $"pool-{Guid.NewGuid():N}";
        (string, object) tag = ("multiprocessing.pool.name", name);
        double Tasks(string outcome) =>
            metrics.Sum("multiprocessing.pool.tasks", tag, ("multiprocessing.task.name", "count"), ("multiprocessing.task.outcome", outcome));
        Tasks("succeeded").ShouldBe(0);
        using var release = new ProcessEvent();
        using (var child = ChildProcess.Run(OwnPool, name, 3, release))
        {
            Eventually.Is(() => Tasks("succeeded") == 3 && Tasks("failed") == 1, "the root has the counts of its child");
            Eventually.Is(() => metrics.Sum("multiprocessing.pool.workers", tag) == 1, "and its worker");
            release.Set();
            child.Join();
            child.ExitStatus!.IsSuccess.ShouldBeTrue();
        }

        Tasks("succeeded").ShouldBe(3);
        metrics.Sum("multiprocessing.pool.worker.started", tag).ShouldBe(1);
        metrics.Sum("multiprocessing.pool.workers", tag).ShouldBe(0);
        release.Reset();
        using var killed = ChildProcess.Run(OwnPool, name, 2, release);
        Eventually.Is(() => Tasks("succeeded") == 5 && Tasks("failed") == 2, "a second pool of the name is added");
        killed.Kill();
        killed.Join();
        Tasks("succeeded").ShouldBe(5);
        Tasks("failed").ShouldBe(2);
        metrics.Sum("multiprocessing.pool.workers", tag).ShouldBe(0);
        Directory.GetFiles(Session.Current.Directory, "figures-*").ShouldBeEmpty();

        static void OwnPool(string name, int tasks, ProcessEvent release)
        {
            using var pool = new ProcessPool(new() { Name = name, Workers = 1 });
            for (var i = 0; i < tasks; i++)
            {
                pool.RunAsync(static () => { }, new TaskOptions { Name = "count" }).Wait();
            }

            Should.Throw<AggregateException>(
                () => pool.RunAsync(static () => throw new InvalidOperationException("no"), new TaskOptions { Name = "count" }).Wait());
            release.Wait();
        }
    });

    [Fact]
    public Task A_child_writes_no_counts_while_the_root_does_not_measure() => Watchdog.Run(() =>
    {
        using var child = ChildProcess.Run(() =>
        {
            Forget(); // another test may have measured, and a child of it that has ended since may have left its counts for the next listener
            var before = Directory.GetFiles(Session.Current.Directory, "figures-*");
            using var pool = new ProcessPool(new() { Workers = 1 });
            pool.RunAsync(static () => { }).Wait();
            Thread.Sleep(1200);
            Directory.GetFiles(Session.Current.Directory, "figures-*").Except(before).ShouldBeEmpty();
        });
        child.Wait();

        static unsafe void Forget() => Session.Current.Memory.Header->MeasuredAt = 0;
    });

    [Fact]
    public Task Services_report_calls_by_outcome_restarts_and_whether_they_run() => Watchdog.Run(async () =>
    {
        using var metrics = new RecordedMetrics();
        var name = $"service-{Guid.NewGuid():N}";
        (string, object) tag = ("multiprocessing.service.name", name);
        double Calls(string outcome) => metrics.Sum("multiprocessing.service.calls", tag, ("multiprocessing.call.outcome", outcome));
        await using (var service = await ProcessService.StartAsync<ILaboratory>(static () => new Laboratory(), new() { Name = name }))
        {
            var proxy = service.Proxy;
            metrics.Sum("multiprocessing.service.running", tag).ShouldBe(1);
            proxy.Add(1, 2).ShouldBe(3);
            (await proxy.AddLaterAsync(1, 2, 1)).ShouldBe(3);
            Should.Throw<InvalidOperationException>(() => proxy.Throw("no"));
            using (var token = new CancellationTokenSource())
            {
                var waiting = proxy.WaitForTokenAsync(token.Token);
                Eventually.Is(() => metrics.Sum("multiprocessing.service.call.pending", tag) == 1, "the call waits");
                await token.CancelAsync();
                await Should.ThrowAsync<OperationCanceledException>(waiting);
            }

            Should.Throw<ServiceDiedException>(proxy.Kill);
            Eventually.Is(() => service.RestartCount == 1 && service.IsReady, "it was started again");
            proxy.Add(1, 2).ShouldBe(3);
            Calls("succeeded").ShouldBe(3);
            Calls("failed").ShouldBe(1);
            Calls("canceled").ShouldBe(1);
            Calls("service_died").ShouldBe(1);
            Calls("timed_out").ShouldBe(0);
            metrics.Sum("multiprocessing.service.restarts", tag).ShouldBe(1);
            metrics.Sum("multiprocessing.service.running", tag).ShouldBe(1);
        }

        Calls("succeeded").ShouldBe(3); // a counter keeps what a stopped service has counted
        metrics.Sum("multiprocessing.service.running", tag).ShouldBe(0);
    });

    [Fact]
    public Task Services_of_children_and_calls_that_took_too_long_are_counted() => Watchdog.Run(() =>
    {
        using var metrics = new RecordedMetrics();
        var name = $"service-{Guid.NewGuid():N}";
        (string, object) tag = ("multiprocessing.service.name", name);
        _ = metrics.Observe();
        using var child = ChildProcess.Run(
            static name =>
            {
                var options = new ProcessServiceOptions { Name = name, CallTimeout = TimeSpan.FromSeconds(10) }; // also of the first call
                var service = ProcessService.StartAsync<ILaboratory>(static () => new Laboratory(), options).GetAwaiter().GetResult();
                service.Proxy.Add(1, 2);
                Should.Throw<TimeoutException>(() => service.Proxy.Sleep(60_000));
                service.DisposeAsync().AsTask().GetAwaiter().GetResult();
            },
            name);
        child.Wait();
        child.Join();
        metrics.Sum("multiprocessing.service.calls", tag, ("multiprocessing.call.outcome", "succeeded")).ShouldBe(1);
        metrics.Sum("multiprocessing.service.calls", tag, ("multiprocessing.call.outcome", "timed_out")).ShouldBe(1);
    });

    [Fact]
    public Task Every_instrument_is_in_the_table_and_every_measurement_has_only_its_attributes() => Watchdog.Run(async () =>
    {
        using var metrics = new RecordedMetrics();
        using var queue = new ProcessQueue<int>();
        queue.Put(1);
        using var gate = new ProcessLock();
        await using (var pool = new ProcessPool(new() { Workers = 1 }))
        {
            _ = await pool.RunAsync(static () => 1);
        }

        _ = metrics.Observe();
        var table = Instruments.OfTree.Concat(Instruments.OfProcess).ToDictionary(static definition => definition.Name);
        Instruments.OfTree.ShouldAllBe(definition => metrics.Published.ContainsKey(definition.Name));
        foreach (var instrument in metrics.Published.Values)
        {
            var definition = table[instrument.Name];
            (instrument.Unit, instrument.Description).ShouldBe((definition.Unit, definition.Description));
            var kind = instrument switch
            {
                Histogram<double> => InstrumentKind.Histogram,
                Counter<long> or ObservableCounter<long> or ObservableCounter<double> => InstrumentKind.Counter,
                _ => InstrumentKind.UpDownCounter,
            };
            kind.ShouldBe(definition.Kind, instrument.Name);
        }

        foreach (var measured in metrics.All)
        {
            measured.Tags.Keys.ShouldBeSubsetOf(table[measured.Name].Attributes);
        }
    });
}
