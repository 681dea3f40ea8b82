using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Multiprocessing.Platform;

namespace Multiprocessing.Tests.Queues;

/// <summary>
/// A second participant of a session inside this process. What it holds has its own slot, its own mapping and its own locks' words; only its process
/// is ours, so it can be marked dead but never be found dead by itself.
/// </summary>
internal sealed class FakeParticipant : IDisposable
{
    // A test that has killed a participant refers to it no more, and the collector would release in good order what the dead one had.
    private static readonly ConditionalWeakTable<Session, ConcurrentDictionary<FakeParticipant, bool>> KeptByRoot = new();

    private readonly Session _root;
    private readonly List<object> _kept = [];

    public FakeParticipant(Session root)
    {
        _root = root;
        Id = root.Liveness.Reserve();
        Session = Session.Attach(root.Directory, Id);
        KeptByRoot.GetOrCreateValue(root).TryAdd(this, true);
    }

    public ParticipantId Id { get; }

    public Session Session { get; }

    public ProcessQueue<T> Open<T>(ProcessQueue<T> queue) => Keep(ProcessQueue<T>.Open(Session, queue.Core.Segment.Id));

    /// <summary>
    /// Keeps the object until the participant itself is disposed; the collector would release an object without references, and with it a lock.
    /// </summary>
    public T Keep<T>(T thing)
        where T : class
    {
        _kept.Add(thing);
        return thing;
    }

    /// <summary>From now on it counts as that process, which may have exited.</summary>
    public unsafe void PretendToBe(int processId)
    {
        var slot = _root.Participants[Id.Slot];
        slot->StartTime = ProcessIdentity.StartTimeOf(processId);
        slot->ProcessId = processId;
    }

    /// <summary>What its parent would do after a SIGKILL.</summary>
    public void Kill() => End(new ParticipantExit(Environment.ProcessId, ExitReason.Signaled, -1, 9));

    public void End(ParticipantExit exit) => _root.Liveness.MarkDead(Id, exit);

    public void Dispose()
    {
        Session.Leave();
        KeptByRoot.GetOrCreateValue(_root).TryRemove(this, out _);
    }
}
