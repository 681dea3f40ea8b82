using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Multiprocessing.Guide.Tests.Examples;

/// <summary>Services.</summary>
public class ServiceExamples
{
    [Fact]
    public async Task Process_service()
    {
        #region ProcessService
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter(start: 40));
        ICounter counter = service.Proxy;
        int next = counter.Next(); // runs in the process of the service
        int later = await counter.NextAsync();
        #endregion
        next.ShouldBe(41);
        later.ShouldBe(42);
    }

    [Fact]
    public async Task Process_service_of_t()
    {
        #region ProcessService<TInterface>
        await using ProcessService<ICounter> service = await ProcessService.StartAsync<ICounter>(() => new Counter(start: 0));
        service.Proxy.Next();
        Process.GetProcessById(service.ProcessId).Kill();
        int next;
        try
        {
            next = service.Proxy.Next(); // waits for the new process; the same proxy calls its new object
        }
        catch (ServiceDiedException)
        {
            next = service.Proxy.Next(); // the first call was sent before the death was known
        }

        Console.WriteLine(service); // ICounter (ICounter, pid 4711, ready, 1 restarts)
        #endregion
        next.ShouldBe(1);
        service.RestartCount.ShouldBe(1);
    }

    [Fact]
    public async Task Process_service_options()
    {
        #region ProcessServiceOptions
        var options = new ProcessServiceOptions
        {
            Name = "ocr",
            CallTimeout = TimeSpan.FromSeconds(20), // a call that hangs is killed, and the service is started again
            MaxRestarts = 3,
            Period = TimeSpan.FromMinutes(1),
            Process = new ChildProcessOptions { HeapLimit = 500_000_000 },
        };
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter(start: 0), options);
        #endregion
        service.Name.ShouldBe("ocr");
    }

    [Fact]
    public async Task While_restarting()
    {
        #region WhileRestarting
        var options = new ProcessServiceOptions { WhileRestarting = WhileRestarting.Fail };
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter(start: 0), options);
        Process.GetProcessById(service.ProcessId).Kill();
        string answer;
        try
        {
            answer = $"{service.Proxy.Next()}";
        }
        catch (ServiceDiedException)
        {
            answer = "busy, try again later"; // a web request need not wait for the restart
        }
        #endregion
        answer.ShouldBeOneOf("busy, try again later", "1");
    }

    [Fact]
    public async Task Service_died_exception()
    {
        #region ServiceDiedException
        await using var service = await ProcessService.StartAsync<ICounter>(() => new Counter(start: 0));
        try
        {
            service.Proxy.Crash();
        }
        catch (ServiceDiedException exception)
        {
            Console.WriteLine($"{exception.MemberName} in process {exception.ProcessId}: {exception.ExitStatus}");
            Console.WriteLine(exception.StandardErrorTail);
        }

        int next = service.Proxy.Next(); // the service was started again
        #endregion
        next.ShouldBe(1);
    }

    [Fact]
    public async Task By_value()
    {
        #region ByValueAttribute
        await using var service = await ProcessService.StartAsync<IGallery>(() => new Gallery());
        IPicture picture = service.Proxy.Load("cat.png"); // a proxy: the picture stays in the service
        ISize size = service.Proxy.SizeOf(picture);       // a copy: each use of it stays in this process
        #endregion
        picture.Name.ShouldBe("cat.png");
        size.Width.ShouldBe(640);
    }

    [Fact]
    public async Task Generate_proxy()
    {
        #region GenerateProxyAttribute
        // A method of your own that starts services for its callers passes the request for a proxy on to them.
        static Task<ProcessService<T>> StartQuietAsync<[GenerateProxy] T>(Func<T> factory)
            where T : class => ProcessService.StartAsync(
                factory, new() { Process = new() { StandardOutput = ProcessOutput.Discard, StandardError = ProcessOutput.Discard } });

        await using var service = await StartQuietAsync<ICounter>(() => new Counter(start: 1));
        #endregion
        service.Proxy.Next().ShouldBe(2);
    }
}

public interface ICounter
{
    int Next();

    Task<int> NextAsync();

    void Crash();
}

public sealed class Counter(int start) : ICounter
{
    private int _count = start;

    public int Next() => ++_count;

    public async Task<int> NextAsync()
    {
        await Task.Yield();
        return ++_count;
    }

    public void Crash() => Environment.FailFast("The native library is broken.");
}

public interface IGallery
{
    IPicture Load(string name);

    ISize SizeOf(IPicture picture);
}

public interface IPicture
{
    string Name { get; }
}

[ByValue]
public interface ISize
{
    int Width { get; }
}

public sealed class Gallery : IGallery
{
    public IPicture Load(string name) => new Picture(name);

    public ISize SizeOf(IPicture picture) => new Size(640);

    private sealed class Picture(string name) : IPicture
    {
        public string Name => name;
    }

    private sealed record Size(int Width) : ISize;
}
