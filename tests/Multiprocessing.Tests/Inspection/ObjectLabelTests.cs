using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Inspection;

/// <summary>The texts by which tools name queues and locks.</summary>
public class ObjectLabelTests
{
    [Theory]
    [InlineData("files", "System.String", "files")]
    [InlineData(null, "System.String", "queue 3-1 of String")]
    [InlineData(null, "System.Collections.Generic.Dictionary<System.Int32, Shop.Orders+Line[]>", "queue 3-1 of Dictionary<Int32, Line[]>")]
    [InlineData("ocr", null, "ocr, connection 3-1")]
    [InlineData(null, null, "connection 3-1")]
    public void A_queue_without_a_name_is_named_by_its_items(string? name, string? itemType, string label) => Queue(name, itemType).Label.ShouldBe(label);

    [Theory]
    [InlineData("ledger", LockKind.Lock, "ledger")]
    [InlineData(null, LockKind.Semaphore, "semaphore 3-1")]
    [InlineData(null, LockKind.ReaderWriterLock, "reader-writer lock 3-1")]
    [InlineData(null, LockKind.SharedMemory, "lock of shared memory 3-1")]
    public void A_lock_without_a_name_is_named_by_its_kind(string? name, LockKind kind, string label) => Lock(name, kind).Label.ShouldBe(label);

    [Fact]
    public void Labels_are_part_of_the_json()
    {
        var json = ProgramSnapshotJson.ToJson(new ProgramSnapshot
        {
            Time = DateTimeOffset.UnixEpoch,
            RootProcessId = 1,
            Name = "shop",
            StartedProcesses = 1,
            DeathCount = 0,
            SharedMemoryBytes = 0,
            OmittedObjects = 0,
            Processes = [],
            Queues = [Queue(null, "System.String")],
            Locks = [Lock(null, LockKind.Barrier)],
        });
        json.ShouldContain("\"label\":\"queue 3-1 of String\"");
        json.ShouldContain("\"label\":\"barrier 3-1\"");
    }

    private static QueueSnapshot Queue(string? name, string? itemType) => new()
    {
        Id = "3-1",
        Name = name,
        ItemType = itemType,
        Capacity = null,
        Count = 0,
        Bytes = 0,
        PutCount = 0,
        GetCount = 0,
        WaitingGetters = 0,
        WaitingPutters = 0,
        IsCompletionRequested = false,
        HolderProcessIds = [],
    };

    private static LockSnapshot Lock(string? name, LockKind kind) => new()
    {
        Id = "3-1",
        Kind = kind,
        Name = name,
        OwnerProcessId = null,
        WaitingProcessIds = [],
        Count = null,
        ContentionCount = 0,
        AbandonmentCount = 0,
        HolderProcessIds = [],
    };
}
