using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Inspection;

/// <summary>Objects that programs find by name lie in a session of their own, and are seen with the program all the same.</summary>
[Collection(ProcessCollection.Name)]
public sealed class NamedObjectTests
{
    [Fact]
    public Task Objects_with_names_are_seen_by_their_names() => Watchdog.Run(() =>
    {
        var (queueName, lockName) = ($"jobs {Guid.NewGuid()}", $"door {Guid.NewGuid()}");
        using var own = new ProcessEvent();
        using var queue = ProcessQueue<string>.OpenOrCreate(queueName);
        using var gate = ProcessLock.OpenOrCreate(lockName);
        queue.Put("a");
        gate.Enter();
        try
        {
            using var monitor = ProgramMonitor.OpenCurrent();
            var snapshot = monitor.Read();
            var seen = snapshot.Queues.Single(item => item.Name == queueName);
            (seen.Count, seen.ItemType).ShouldBe((1, "System.String"));
            var door = snapshot.Locks.Single(item => item.Name == lockName);
            (door.Kind, door.OwnerProcessId).ShouldBe((LockKind.Lock, Environment.ProcessId));
            snapshot.Queues.Select(static item => item.Id).Concat(snapshot.Locks.Select(static item => item.Id)).ShouldBeUnique();
        }
        finally
        {
            gate.Exit();
        }
    });
}
