using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>Calls of an object in another process.</summary>
public class ServiceCallTests : ProcessTest
{
    [Fact]
    public Task A_member_runs_in_another_process() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        Assert.Equal(5, service.Proxy.Add(2, 3));
        Assert.Equal(service.ProcessId, service.Proxy.ProcessId);
        Assert.NotEqual(Environment.ProcessId, service.Proxy.ProcessId);
    });

    [Fact]
    public Task Properties_generics_arrays_and_null_cross() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var laboratory = service.Proxy;
        laboratory.Count = 7;
        Assert.Equal(7, laboratory.Count);
        Assert.Equal("(null)", laboratory.Echo(null));
        Assert.Equal([3, 2, 1], laboratory.Reverse([1, 2, 3]));
        Assert.Equal(new DateTime(2024, 2, 29), laboratory.Same(new DateTime(2024, 2, 29)));
        Assert.Equal(["a", "b"], laboratory.Same<string[]>(["a", "b"]));
    });

    [Fact]
    public Task A_megabyte_crosses_both_ways() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var bytes = new byte[20 << 20];
        new Random(1).NextBytes(bytes);
        var reversed = service.Proxy.Reverse(bytes);
        Array.Reverse(reversed);
        Assert.True(bytes.AsSpan().SequenceEqual(reversed));
    });

    [Fact]
    public Task Asynchronous_members_return_their_results() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        Assert.Equal(5, await service.Proxy.AddLaterAsync(2, 3, 20));
        Assert.Equal("laboratory", await service.Proxy.NameAsync());
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal("laboratory", await service.Proxy.NameAsync());
        }
    });

    [Fact]
    public Task Many_calls_are_on_their_way_at_once() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var laboratory = service.Proxy;
        var calls = Enumerable.Range(0, 20_000).Select(i => laboratory.AddLaterAsync(i, 1, 0)).ToArray();
        var results = await Task.WhenAll(calls);
        Assert.Equal(Enumerable.Range(1, 20_000), results);
    });

    [Fact]
    public Task Calls_of_one_thread_arrive_in_order() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var laboratory = service.Proxy;
        var tasks = new List<Task>();
        for (var i = 0; i < 2000; i++)
        {
            if (i % 3 == 0)
            {
                laboratory.Record(i);
            }
            else
            {
                var value = i;
                tasks.Add(laboratory.CallBackAsync(new Visitor(_ => 0), 0).ContinueWith(static _ => { }));
                laboratory.Record(value);
            }
        }

        await Task.WhenAll(tasks);
        Assert.Equal(Enumerable.Range(0, 2000), laboratory.Recorded());
    });

    [Fact]
    public Task Several_threads_call_at_once() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var laboratory = service.Proxy;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 2000; i++)
                {
                    Assert.Equal(thread + i, laboratory.Add(thread, i));
                }
            },
            TaskCreationOptions.LongRunning)));
    });

    [Fact]
    public Task An_argument_that_cannot_cross_is_refused_at_the_call() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var refusal = Assert.Throws<NotSerializableException>(() => service.Proxy.Same<object>(new Thread(static () => { })));
        Assert.Contains("value", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(3, service.Proxy.Add(1, 2));
    });

    [Fact]
    public Task A_result_that_cannot_cross_is_refused_at_the_call() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var refusal = Assert.Throws<NotSerializableException>(() => service.Proxy.Anything());
        Assert.Contains("result", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(3, service.Proxy.Add(1, 2));
    });

    [Fact]
    public Task An_exception_has_the_stacks_of_both_processes() => Watchdog.Run(async () =>
    {
        await using var service = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        var exception = Assert.Throws<InvalidOperationException>(() => service.Proxy.Throw("No sample."));
        Assert.Equal("No sample.", exception.Message);
        Assert.Contains("Laboratory.Throw", exception.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(An_exception_has_the_stacks_of_both_processes), exception.StackTrace, StringComparison.Ordinal);
        var later = await Assert.ThrowsAsync<ArgumentException>(() => service.Proxy.FailLaterAsync("Too late."));
        Assert.Equal("Too late.", later.Message);
        Assert.Contains("FailLaterAsync", later.StackTrace, StringComparison.Ordinal);
    });

    [Fact]
    public Task An_exception_of_the_factory_is_thrown_by_the_start() => Watchdog.Run(async () =>
    {
        var exception = await Assert.ThrowsAsync<FileNotFoundException>(
            () => ProcessService.StartAsync<ILaboratory>(
                () => throw new FileNotFoundException("No model."), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("No model.", exception.Message);
    });

    [Fact]
    public Task A_factory_may_be_asynchronous_and_capture_values() => Watchdog.Run(async () =>
    {
        var start = 40;
        await using var service = await ProcessService.StartAsync<ILaboratory>(async () =>
        {
            await Task.Delay(1);
            return new Laboratory { Count = start + 2 };
        });
        Assert.Equal(42, service.Proxy.Count);
    });

    [Fact]
    public Task One_call_runs_at_a_time_unless_the_service_allows_more() => Watchdog.Run(async () =>
    {
        await using var one = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory());
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => one.Proxy.WorkAsync(10)));
        Assert.Equal(1, one.Proxy.MostAtOnce());
        await using var four = await ProcessService.StartAsync<ILaboratory>(() => new Laboratory(), new() { MaxConcurrency = 4 });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => four.Proxy.WorkAsync(100)));
        Assert.Equal(4, four.Proxy.MostAtOnce());
    });

    internal sealed class Visitor(Func<int, int> visit) : IVisitor
    {
        public int Visit(int value) => visit(value);

        public async Task<int> VisitAsync(int value)
        {
            await Task.Yield();
            return visit(value);
        }
    }
}
