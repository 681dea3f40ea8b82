using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Services;

/// <summary>A process that is frozen takes no message: its end needs no room in its channel.</summary>
public class FrozenServiceTests : ProcessTest
{
    private const int MoreThanTheChannelHolds = 5 << 20;

    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    /// <summary>The message that asks the service to stop waited for room, and the grace behind it was never reached.</summary>
    [PosixFact("No signal there stops a process.")]
    public Task A_frozen_service_with_a_full_channel_is_killed_after_its_grace() => Watchdog.Run(async () =>
    {
        var service = await ProcessService.StartAsync<ILaboratory>(static () => new Laboratory(), new() { ShutdownGrace = Grace });
        Freeze(service.ProcessId);
        var calls = await FillAsync(() => service.Proxy.Reverse(new byte[MoreThanTheChannelHolds]));
        await service.StopAsync(TestContext.Current.CancellationToken);
        await AllFailAsync(calls);
        Eventually.IsGone(service.ProcessId);
    });

    [PosixFact("No signal there stops a process.")]
    public Task A_token_ends_the_grace_of_a_frozen_service() => Watchdog.Run(async () =>
    {
        var service = await ProcessService.StartAsync<ILaboratory>(static () => new Laboratory(), new() { ShutdownGrace = TimeSpan.FromHours(1) });
        Freeze(service.ProcessId);
        var calls = await FillAsync(() => service.Proxy.Reverse(new byte[MoreThanTheChannelHolds]));
        using var soon = new CancellationTokenSource(Grace);
        await service.StopAsync(soon.Token);
        await AllFailAsync(calls);
    });

    [PosixFact("No signal there stops a process.")]
    public Task A_frozen_manager_with_a_full_channel_is_killed_after_its_grace() => Watchdog.Run(async () =>
    {
        var manager = await ProcessManager.StartAsync(new() { ShutdownGrace = Grace });
        var arrays = manager.Dictionary<int, byte[]>();
        Freeze(manager.ProcessId);
        var calls = await FillAsync(() => arrays[0] = new byte[MoreThanTheChannelHolds]);
        await manager.StopAsync(TestContext.Current.CancellationToken);
        await AllFailAsync(calls);
        Eventually.IsGone(manager.ProcessId);
    });

    private static void Freeze(int processId)
    {
        Posix.Signal(processId, Posix.SigStop);
        Eventually.Is(() => ProcessEntry.Find(processId)!.State == 'T', "the process is frozen");
    }

    /// <summary>Two calls, of which the first fills the channel and the second waits for room.</summary>
    private static async Task<Task[]> FillAsync(Action call)
    {
        Task[] calls = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(call, TaskCreationOptions.LongRunning))];
        await Task.Delay(500, TestContext.Current.CancellationToken);
        return calls;
    }

    private static async Task AllFailAsync(Task[] calls)
    {
        foreach (var call in calls)
        {
            await Should.ThrowAsync<Exception>(call.WaitAsync(TimeSpan.FromSeconds(20)));
            call.IsFaulted.ShouldBeTrue();
        }
    }
}
