using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Multiprocessing.HostingTests;

public class PoolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_named_pool_is_injected_by_its_key_and_the_other_without_one()
    {
        var test = new TestHost();
        test.Services.AddProcessPool(options => options.Workers = 1);
        test.Services.AddProcessPool("images", options => options.Workers = 2);
        test.Services.AddSingleton<Consumer>();
        using var host = test.Build();
        await host.StartAsync(Token);
        var consumer = host.Services.GetRequiredService<Consumer>();
        (consumer.Default.Workers, consumer.Images.Workers, consumer.Images.Name).ShouldBe((1, 2, "images"));
        (await consumer.Images.RunAsync((a, b) => a * b, 6, 7, cancellationToken: Token)).ShouldBe(42);
        (await consumer.Default.RunAsync(() => 1, cancellationToken: Token)).ShouldBe(1);
        await host.StopAsync(Token);
        (consumer.Default.Status, consumer.Images.Status).ShouldBe((ProcessPoolStatus.Ended, ProcessPoolStatus.Ended));
    }

    [Fact]
    public async Task A_service_that_asks_for_the_interface_gets_the_same_pool()
    {
        var test = new TestHost();
        test.Services.AddProcessPool(options => options.Workers = 1);
        test.Services.AddProcessPool("images", options => options.Workers = 2);
        using var host = test.Build();
        await host.StartAsync(Token);
        var pool = host.Services.GetRequiredService<IProcessPool>();
        pool.ShouldBeSameAs(host.Services.GetRequiredService<ProcessPool>());
        host.Services.GetRequiredKeyedService<IProcessPool>("images").ShouldBeSameAs(host.Services.GetRequiredKeyedService<ProcessPool>("images"));
        (await pool.RunAsync((a, b) => a * b, 6, 7, cancellationToken: Token)).ShouldBe(42);
        await host.StopAsync(Token);
        pool.Status.ShouldBe(ProcessPoolStatus.Ended);
    }

    [Fact]
    public async Task A_pool_of_the_interface_that_was_added_before_stays()
    {
        var test = new TestHost();
        await using var other = new ProcessPool(new() { Workers = 0 });
        test.Services.AddSingleton<IProcessPool>(other);
        test.Services.AddProcessPool(options => options.Workers = 1);
        using var host = test.Build();
        host.Services.GetRequiredService<IProcessPool>().ShouldBeSameAs(other);
        host.Services.GetRequiredService<ProcessPool>().ShouldNotBeSameAs(other);
    }

    [Fact]
    public async Task Options_are_bound_from_the_configuration()
    {
        var test = new TestHost();
        test.Services.AddProcessPool("images", test.Builder.Configuration.GetSection("Pools:images"), options => options.MaxAttempts = 3);
        test.Services.AddProcessPool().BindConfiguration("Pool");
        using var host = test.Build(("Pools:images:Workers", "3"), ("Pools:images:Timeout", "00:00:30"), ("Pools:images:Process:HeapLimit", "500000000"), ("Pool:Workers", "5"));
        await host.StartAsync(Token);
        host.Services.GetRequiredKeyedService<ProcessPool>("images").Workers.ShouldBe(3);
        host.Services.GetRequiredService<ProcessPool>().Workers.ShouldBe(5);
        var options = host.Services.GetRequiredService<IOptionsMonitor<ProcessPoolOptions>>().Get("images");
        (options.Timeout, options.MaxAttempts, options.Process!.HeapLimit).ShouldBe((TimeSpan.FromSeconds(30), 3, 500_000_000));
        await host.StopAsync(Token);
    }

    [Theory]
    [InlineData("Workers", "-1", "Workers")]
    [InlineData("MinWorkers", "90000", "MinWorkers")]
    [InlineData("MaxWorkerMemory", "0", "MaxWorkerMemory")]
    [InlineData("Timeout", "-00:00:05", "Timeout")]
    [InlineData("Timeout", "soon", "Pools:images:Timeout")]
    [InlineData("Wrokers", "4", "Wrokers")]
    [InlineData("Process:Nice", "90", "Nice")]
    public async Task A_wrong_configuration_ends_the_start_of_the_host_with_the_name_of_the_option(string key, string value, string expected)
    {
        var test = new TestHost();
        test.Services.AddProcessPool("images", test.Builder.Configuration.GetSection("Pools:images"));
        using var host = test.Build(($"Pools:images:{key}", value));
        var error = await Should.ThrowAsync<Exception>(() => host.StartAsync(Token));
        error.Message.ShouldContain(expected);
        if (error is OptionsValidationException)
        {
            error.Message.ShouldContain("the process pool 'images'");
        }
    }

    [Fact]
    public async Task An_initializer_that_cannot_cross_ends_the_start_of_the_host()
    {
        var test = new TestHost();
        var thread = Thread.CurrentThread;
        test.Services.AddProcessPool("images", options => options.Initializer = () => _ = thread.Name);
        using var host = test.Build();
        (await Should.ThrowAsync<NotSerializableException>(() => host.StartAsync(Token))).Message.ShouldContain("thread");
    }

    [Fact]
    public void A_pool_is_added_once()
    {
        var services = new ServiceCollection();
        services.AddProcessPool();
        services.AddProcessPool("images");
        Should.Throw<InvalidOperationException>(() => services.AddProcessPool());
        Should.Throw<InvalidOperationException>(() => services.AddProcessPool("images")).Message.ShouldContain("images");
        Should.Throw<ArgumentException>(() => services.AddProcessPool(""));
    }

    [Fact]
    public async Task A_host_that_stops_finishes_its_tasks_also_those_of_background_services()
    {
        var test = new TestHost();
        test.Services.AddHostedService<Background>(); // before the pool: it is stopped after it
        test.Services.AddProcessPool(options => options.Workers = 2);
        using var host = test.Build();
        await host.StartAsync(Token);
        var pool = host.Services.GetRequiredService<ProcessPool>();
        var background = host.Services.GetServices<IHostedService>().OfType<Background>().Single();
        await background.Started.WaitAsync(Token);
        var tasks = Enumerable.Range(0, 6).Select(number => pool.RunAsync(static (int number) => { Thread.Sleep(150); return number; }, number, cancellationToken: Token)).ToArray();
        await host.StopAsync(Token);
        (await Task.WhenAll(tasks)).ShouldBe([0, 1, 2, 3, 4, 5]);
        background.Last.ShouldBe("done", test.Log);
        pool.ProcessIds.ShouldBeEmpty();
        await Should.ThrowAsync<ObjectDisposedException>(() => pool.RunAsync(() => 1, cancellationToken: Token));
    }

    [Fact]
    public async Task Tasks_that_do_not_end_in_the_shutdown_time_are_killed_and_logged()
    {
        var test = new TestHost();
        test.Services.AddProcessPool("images", options =>
        {
            options.Workers = 1;
            options.MaxAttempts = 3;
            options.CancellationGrace = TimeSpan.FromSeconds(100);
            options.ShutdownGrace = TimeSpan.FromSeconds(100);
        });
        using var host = test.Build(TimeSpan.FromSeconds(1));
        await host.StartAsync(Token);
        var pool = host.Services.GetRequiredKeyedService<ProcessPool>("images");
        var hangs = pool.RunAsync(() => Thread.Sleep(Timeout.Infinite), new() { Name = "hang" }, Token);
        var waits = pool.RunAsync(() => 1, cancellationToken: Token);
        await Until.Is(() => pool.GetInsights().Workers.Any(static worker => worker.CurrentTask == "hang"), "the task runs");
        var worker = pool.ProcessIds.Single();
        var time = Stopwatch.StartNew();
        await host.StopAsync(Token);
        time.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(40)); // far below the graces of the pool
        await Until.IsGone(worker);
        await Should.ThrowAsync<Exception>(() => hangs);
        await Should.ThrowAsync<ObjectDisposedException>(() => waits);
        test.Records.Where(static record => record.Level == LogLevel.Warning && record.Text.Contains("shutdown time")).ShouldHaveSingleItem()
            .Text.ShouldBe("The host's shutdown time was over before the pool images had finished: 1 tasks that ran were killed with their workers (hang), "
                + "and 1 that waited were not started. HostOptions.ShutdownTimeout sets the time");
    }

    [Fact]
    public async Task A_container_that_is_disposed_synchronously_ends_the_workers()
    {
        int worker;
        ProcessPool pool;
        using (var provider = new ServiceCollection().AddProcessPoolTo(static options => options.Workers = 1).BuildServiceProvider())
        {
            pool = provider.GetRequiredService<ProcessPool>();
            worker = await pool.RunAsync(() => Environment.ProcessId, cancellationToken: Token);
        }

        pool.Status.ShouldBe(ProcessPoolStatus.Ended);
        await Until.IsGone(worker);
    }

    [Fact]
    public async Task The_library_logs_to_the_host_and_no_longer_when_it_has_ended()
    {
        var before = MultiprocessingLogging.Factory;
        var (first, second) = (new TestHost(), new TestHost());
        first.Services.AddProcessPool("one", static options => options.Workers = 1);
        second.Services.AddProcessPool("two", static options => options.Workers = 1);
        var (hostOne, hostTwo) = (first.Build(), second.Build());
        await hostOne.StartAsync(Token);
        await hostOne.Services.GetRequiredKeyedService<ProcessPool>("one").RunAsync(() => 1, cancellationToken: Token);
        await Until.Is(() => first.Records.Any(static record => record.Category == "Multiprocessing.Pools" && record.Text.Contains("one:1")), first.Log);
        await hostTwo.StartAsync(Token);
        MultiprocessingLogging.Factory.ShouldBeSameAs(hostTwo.Services.GetRequiredService<ILoggerFactory>());
        await hostOne.StopAsync(Token);
        hostOne.Dispose();
        MultiprocessingLogging.Factory.ShouldBeSameAs(hostTwo.Services.GetRequiredService<ILoggerFactory>());
        await hostTwo.StopAsync(Token);
        hostTwo.Dispose();
        MultiprocessingLogging.Factory.ShouldBeSameAs(before);
    }

    [Fact]
    public async Task A_health_check_reports_the_state_of_the_pool()
    {
        var test = new TestHost();
        test.Services.AddProcessPool("images", static options =>
        {
            options.Workers = 2;
            options.MaxDeathsPerMinute = 1;
        });
        test.Services.AddHealthChecks().AddProcessPool("images", tags: ["ready"]);
        using var host = test.Build();
        await host.StartAsync(Token);
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        var pool = host.Services.GetRequiredKeyedService<ProcessPool>("images");
        await pool.RunAsync(() => 1, cancellationToken: Token);
        var entry = (await checks.CheckHealthAsync(Token)).Entries["process pool images"];
        (entry.Status, entry.Data["succeeded"], entry.Data["maxWorkers"], entry.Data["workers"]).ShouldBe((HealthStatus.Healthy, 1L, 2, 1));
        entry.Tags.ShouldBe(["ready"]);
        for (var i = 0; i < 2; i++)
        {
            await Should.ThrowAsync<Exception>(() => pool.RunAsync(() => Environment.FailFast("again"), cancellationToken: Token));
        }

        await Until.Is(() => pool.Status == ProcessPoolStatus.Broken, "the pool is broken");
        entry = (await checks.CheckHealthAsync(Token)).Entries["process pool images"];
        (entry.Status, entry.Data["status"]).ShouldBe((HealthStatus.Unhealthy, "Broken"));
        entry.Exception.ShouldBeOfType<PoolBrokenException>();
        await host.StopAsync(Token);
    }

    private sealed class Consumer(ProcessPool pool, [FromKeyedServices("images")] ProcessPool images)
    {
        public ProcessPool Default => pool;

        public ProcessPool Images => images;
    }

    /// <summary>Uses the pool until it is stopped, and once more then.</summary>
    private sealed class Background(IServiceProvider services) : BackgroundService
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when the body runs: since .NET 10 a background service that is stopped before a thread of the pool takes it never runs.</summary>
        public Task Started => _started.Task;

        public string? Last { get; private set; }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            _started.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                Last = await services.GetRequiredService<ProcessPool>().RunAsync(static () => "done", cancellationToken: CancellationToken.None);
            }
        }
    }
}

internal static class Added
{
    public static IServiceCollection AddProcessPoolTo(this IServiceCollection services, Action<ProcessPoolOptions> configure)
    {
        services.AddProcessPool(configure);
        return services;
    }
}
