using System.Text;
using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Inspection;

/// <summary>The limits of what a process publishes, and what is left of a publisher that is killed.</summary>
public sealed class PublisherLimitTests : ProcessTest
{
    [Fact]
    public Task A_killed_publisher_is_not_shown_and_its_file_is_removed() => Watchdog.Run(() =>
    {
        using var never = new ProcessEvent();
        var owner = ChildProcess.Run(OwnPool, never);
        using var monitor = ProgramMonitor.OpenCurrent();
        Eventually.Is(() => monitor.Read().Pools.Any(static pool => pool.Name == "victim"), "the pool is published");
        Eventually.Is(
            () => monitor.Read() is { } && Directory.GetFiles(Session.Current.Directory, "status-*").Length > 1, "this process has published, too");
        monitor.Kill(owner.Id);
        owner.Join();
        owner.Dispose();
        monitor.Read().Pools.ShouldNotContain(static pool => pool.Name == "victim");
        var own = StatusFile.PathOf(Session.Current.Directory, Session.Current.Self);
        Eventually.Is(
            () => Directory.GetFiles(Session.Current.Directory, "status-*").All(path => path == own || path == own + ".new"),
            "the file of the killed publisher is removed");

        static void OwnPool(ProcessEvent never)
        {
            using var pool = new ProcessPool(new() { Name = "victim", Workers = 1 });
            pool.WarmUpAsync(1).Wait();
            never.Wait();
        }
    });

    [Fact]
    public Task A_document_stays_within_its_limit_though_a_thousand_tasks_have_failed() => Watchdog.Run(async () =>
    {
        await using var pool = new ProcessPool(new() { Name = "failing", Workers = 1 });
        using var monitor = ProgramMonitor.OpenCurrent();
        Eventually.Is(() => monitor.Read().Pools.Any(static pool => pool.Name == "failing"), "the pool is published");
        for (var i = 0; i < 1024; i++)
        {
            _ = await Should.ThrowAsync<Exception>(() => pool.RunAsync(() => throw new InvalidDataException(new string('x', 5000))));
            if (i % 20 == 0)
            {
                _ = monitor.Read();
            }
        }

        await Task.Delay(1500);
        var file = StatusFile.PathOf(Session.Current.Directory, Session.Current.Self);
        FileInfo? document = null;
        Eventually.Is(() => monitor.Read() is { } && (document = new FileInfo(file)).Exists, "the document is there, because an observer looks");
        document!.Length.ShouldBeLessThanOrEqualTo(1 << 20);
    });

    [Theory]
    [InlineData(/*lang=json*/ """{"version":1,"entries":[{"kind":0,"value":[null]}]}""")]
    [InlineData(/*lang=json*/ """{"version":1,"\ud800":1,"entries":[]}""")]
    [InlineData(/*lang=json*/ """{"version":1,"entries":[1,"x",{"kind":"x"}]}""")]
    [InlineData("POOL")]
    public void A_file_with_nulls_is_left_out(string text) => Check(text);

    private static void Check(string text)
    {
        if (text == "POOL")
        {
            text = """{"version":1,"entries":[{"kind":1,"value":{"Pool":POOL,"Tasks":[null]}}]}""".Replace(
                "POOL", """{"Id":"1-1","Name":"n","OwnerProcessId":1,"MaxWorkers":1,"Workers":[],"Pending":0,"Running":0,"Succeeded":0,"Failed":0,"Canceled":0,"TimedOut":0,"Retries":0,"WorkerDeaths":0,"WorkersStarted":0,"Tasks":[],"Conclusions":[]}""", StringComparison.Ordinal);
        }

        using var view = SessionView.TryOpen(Session.Current.Directory, out _)!;
        using var copy = new TemporaryDirectory();
        var bytes = File.ReadAllBytes(Path.Combine(view.Path, "session"));
        File.WriteAllBytes(copy.File("session"), bytes);
        using var other = SessionView.TryOpen(copy.Path, out _)!;
        unsafe
        {
            other.Participant(Session.Current.Self.Slot)->Publishes = 1;
        }

        File.WriteAllBytes(copy.File(Path.GetFileName(StatusFile.PathOf(copy.Path, Session.Current.Self))), Encoding.UTF8.GetBytes(text));
        other.Look(Environment.TickCount64);
        unsafe
        {
            other.Header->LookedAt = Environment.TickCount64;
        }

        Should.NotThrow(() => new StatusReader().Read(other, [Session.Current.Self.Slot]));
    }
}
