using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Multiprocessing.HostingTests;

public interface IGreeter
{
    string Greet(string name);

    int ProcessId();

    void Hang(string begun);
}

public interface IResource : IDisposable, IAsyncDisposable
{
    int ProcessId();
}

public class ServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_whose_service_never_starts_can_be_disposed_of()
    {
        var test = new TestHost();
        test.Services.AddProcessService<IGreeter>(static () => NeverMade());
        var host = test.Build();
        using (var source = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
        {
            await Should.ThrowAsync<OperationCanceledException>(host.StartAsync(source.Token));
        }

        await Task.Run(host.Dispose, Token).WaitAsync(TimeSpan.FromSeconds(60), Token);

        static IGreeter NeverMade()
        {
            Thread.Sleep(Timeout.Infinite);
            return new Greeter("");
        }
    }

    [Fact]
    public async Task The_proxy_of_a_service_is_injected()
    {
        var test = new TestHost();
        test.Services.AddProcessService<IGreeter>(() => new Greeter("Hello"));
        test.Services.AddProcessService<IGreeter>("french", () => new Greeter("Bonjour"), options => options.MaxConcurrency = 2);
        test.Services.AddSingleton<Consumer>();
        using var host = test.Build();
        await host.StartAsync(Token);
        var consumer = host.Services.GetRequiredService<Consumer>();
        consumer.Greeter.Greet("Ada").ShouldBe("Hello, Ada");
        consumer.French.Greet("Ada").ShouldBe("Bonjour, Ada");
        var id = consumer.Greeter.ProcessId();
        id.ShouldBe(host.Services.GetRequiredService<ProcessService<IGreeter>>().ProcessId);
        id.ShouldNotBe(Environment.ProcessId);
        host.Services.GetRequiredKeyedService<ProcessService<IGreeter>>("french").Name.ShouldBe("french");
        await host.StopAsync(Token);
        await Until.IsGone(id);
        Should.Throw<ObjectDisposedException>(() => consumer.Greeter.Greet("Ada"));
    }

    [Fact]
    public async Task A_factory_captures_values_of_the_host()
    {
        var test = new TestHost();
        test.Services.AddSingleton(new Settings("Hi"));
        test.Services.AddProcessService<IGreeter>(services =>
        {
            var word = services.GetRequiredService<Settings>().Word;
            return () => new Greeter(word);
        });
        using var host = test.Build();
        await host.StartAsync(Token);
        host.Services.GetRequiredService<IGreeter>().Greet("Ada").ShouldBe("Hi, Ada");
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task A_service_that_cannot_start_ends_the_start_of_the_host()
    {
        var test = new TestHost();
        test.Services.AddProcessService<IGreeter>(() => throw new InvalidOperationException("no dictionary"));
        using var host = test.Build();
        (await Should.ThrowAsync<InvalidOperationException>(() => host.StartAsync(Token))).Message.ShouldContain("no dictionary");
    }

    [Fact]
    public async Task Wrong_options_of_a_service_end_the_start_of_the_host()
    {
        var test = new TestHost();
        test.Services.AddProcessService<IGreeter>("greeter", () => new Greeter("Hello")).BindConfiguration("Greeter");
        using var host = test.Build(("Greeter:MaxConcurrency", "0"));
        var error = await Should.ThrowAsync<OptionsValidationException>(() => host.StartAsync(Token));
        error.Message.ShouldContain("MaxConcurrency");
        error.Message.ShouldContain("'greeter'");
    }

    [Fact]
    public async Task A_container_that_is_disposed_synchronously_ends_the_process()
    {
        int id;
        var services = new ServiceCollection();
        services.AddProcessService<IGreeter>(() => new Greeter("Hello"));
        using (var provider = services.BuildServiceProvider())
        {
            id = provider.GetRequiredService<IGreeter>().ProcessId();
        }

        await Until.IsGone(id);
    }

    [Fact]
    public async Task The_proxy_of_a_disposable_interface_does_not_disturb_the_end_of_the_container()
    {
        var test = new TestHost();
        test.Services.AddProcessService<IResource>(() => new Resource());
        int id;
        using (var host = test.Build())
        {
            await host.StartAsync(Token);
            id = host.Services.GetRequiredService<IResource>().ProcessId();
            await host.StopAsync(Token);
        }

        await Until.IsGone(id);
        test.Log.ShouldNotContain("disposed"); // the end of the host is no error
    }

    [Fact]
    public async Task A_proxy_may_be_disposed_after_its_service()
    {
        var service = await ProcessService.StartAsync<IResource>(() => new Resource(), cancellationToken: Token);
        await service.StopAsync(Token);
        service.Proxy.Dispose();
        await service.Proxy.DisposeAsync();
        Should.Throw<ObjectDisposedException>(() => service.Proxy.ProcessId());
    }

    [Fact]
    public async Task A_call_that_does_not_end_in_the_shutdown_time_is_killed_and_logged()
    {
        var test = new TestHost();
        test.Services.AddProcessService<IGreeter>("greeter", () => new Greeter("Hello"), options => options.ShutdownGrace = TimeSpan.FromSeconds(100));
        using var host = test.Build(TimeSpan.FromSeconds(1));
        await host.StartAsync(Token);
        var greeter = host.Services.GetRequiredKeyedService<IGreeter>("greeter");
        var id = greeter.ProcessId();
        var begun = Path.Combine(Path.GetTempPath(), $"greeter-{Guid.NewGuid():N}");
        var call = Task.Run(() => greeter.Hang(begun), Token);
        await Until.Is(() => File.Exists(begun), "the call runs");
        File.Delete(begun);
        var time = Stopwatch.StartNew();
        await host.StopAsync(Token);
        time.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(40)); // far below the grace of the service
        await Until.IsGone(id);
        await Should.ThrowAsync<Exception>(() => call);
        test.Records.ShouldContain(static record => record.Level == LogLevel.Warning && record.Text.Contains("service greeter had ended"), test.Log);
    }

    [Fact]
    public async Task A_health_check_reports_the_state_of_the_service()
    {
        var test = new TestHost();
        test.Services.AddProcessService<IGreeter>(() => new Greeter("Hello"), static options => options.Restart = RestartPolicy.Temporary);
        test.Services.AddHealthChecks().AddProcessService<IGreeter>();
        using var host = test.Build();
        await host.StartAsync(Token);
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        var id = host.Services.GetRequiredService<IGreeter>().ProcessId();
        var entry = (await checks.CheckHealthAsync(Token)).Entries["process service IGreeter"];
        (entry.Status, entry.Data["processId"], entry.Data["restarts"]).ShouldBe((HealthStatus.Healthy, id, 0));
        using (var process = Process.GetProcessById(id))
        {
            process.Kill();
        }

        await Until.Is(() => checks.CheckHealthAsync(Token).Result.Status == HealthStatus.Unhealthy, "the service is unhealthy");
        await host.StopAsync(Token);
    }

    internal sealed class Greeter(string word) : IGreeter
    {
        public string Greet(string name) => $"{word}, {name}";

        public int ProcessId() => Environment.ProcessId;

        public void Hang(string begun)
        {
            File.WriteAllText(begun, "");
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private sealed class Resource : IResource
    {
        public int ProcessId() => Environment.ProcessId;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }

    private sealed record Settings(string Word);

    private sealed class Consumer(IGreeter greeter, [FromKeyedServices("french")] IGreeter french)
    {
        public IGreeter Greeter => greeter;

        public IGreeter French => french;
    }
}
