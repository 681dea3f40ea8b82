using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // the library has one logger factory for a process

namespace Multiprocessing.HostingTests;

/// <summary>A real host with a log that the test reads.</summary>
internal sealed class TestHost : ILoggerProvider
{
    public TestHost()
    {
        Builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        Builder.Logging.AddProvider(this).SetMinimumLevel(LogLevel.Debug);
    }

    public HostApplicationBuilder Builder { get; }

    public IServiceCollection Services => Builder.Services;

    public ConcurrentQueue<(string Category, LogLevel Level, string Text)> Records { get; } = new();

    public string Log => string.Join('\n', Records.Select(static record => $"{record.Level} {record.Category}: {record.Text}"));

    public IHost Build(TimeSpan? shutdown = null)
    {
        Services.Configure<HostOptions>(options => options.ShutdownTimeout = shutdown ?? TimeSpan.FromSeconds(30));
        return Builder.Build();
    }

    public IHost Build(params (string Key, string Value)[] configuration)
    {
        Builder.Configuration.AddInMemoryCollection(configuration.Select(static entry => KeyValuePair.Create(entry.Key, (string?)entry.Value)));
        return Build();
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(TestHost host, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            host.Records.Enqueue((category, logLevel, formatter(state, exception)));
    }
}

/// <summary>For what another process does in its own time.</summary>
internal static class Until
{
    public static async Task Is(Func<bool> condition, string what)
    {
        for (var began = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(10, TestContext.Current.CancellationToken))
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
            {
                throw new TimeoutException($"It did not become so that {what}.");
            }
        }
    }

    public static Task IsGone(int processId) => Is(() => !Directory.Exists($"/proc/{processId}") || IsZombie(processId), $"process {processId} has ended");

    private static bool IsZombie(int processId)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/stat").Split(' ')[2] == "Z";
        }
        catch (IOException)
        {
            return true;
        }
    }
}
