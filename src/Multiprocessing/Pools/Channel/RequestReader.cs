using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// The worker's end of its requests: claims tasks, one at a time, and reads them. On the worker's main thread. The pool writes only what it has
/// checked, so only one thing is checked here: that a record is the claimed task's. A task with wild code may have overwritten the ring or the length
/// of a record; then what follows is an older task's bytes.
/// </summary>
internal sealed unsafe class RequestReader(PoolMemory channel)
{
    /// <summary>After so many sleeps in a row the memory of large contents is freed: a worker that gets a task within a second keeps it.</summary>
    private const int SleepsBeforeIdle = 3;

    private readonly ChannelLayout* _channel = (ChannelLayout*)channel.Base;
    private readonly ContentMappings _contents = new(channel);
    private RingReader _ring = new(channel.Base + ChannelLayout.RequestRing);
    private SpinBudget _spin;
    private long _released;

    /// <summary>The worker runs: the pool's next start does not compete with this one any more, however long the initializer takes.</summary>
    public void ReportBegun() => Volatile.Write(ref _channel->Begun, 1);

    /// <summary>
    /// Starts the next task by a CAS that the pool's take-back competes with: exactly one of them gets the task. Killed before it: the pool gives the
    /// task to another worker. Killed after it: this task was running.
    /// </summary>
    public bool TryClaim(out uint number)
    {
        var claim = Volatile.Read(ref _channel->Claim);
        while (HasTask(claim))
        {
            number = (uint)claim;
            var seen = Interlocked.CompareExchange(ref _channel->Claim, (claim & ~0xFFFFFFFFL) | (number + 1), claim);
            if (seen == claim)
            {
                return true;
            }

            claim = seen;
        }

        number = 0;
        return false;
    }

    /// <summary>Waits until there is a task to claim.</summary>
    /// <param name="idle">Called once when there was none for a while.</param>
    /// <returns><see langword="false"/> when the channel is closed: no task will follow.</returns>
    public bool WaitForTask(Action idle)
    {
        var seen = Volatile.Read(ref _channel->Claim);
        if (HasTask(seen) || _spin.SpinWhileUnchanged(&_channel->Claim, seen, WaitTimings.SpinBeforeSleep))
        {
            return true;
        }

        // After the first sleep it does not spin: an idle worker uses no processor time between two slices.
        var sleep = new SleepLoop(&_channel->Requests, Deadline.Never, WaitTimings.Slice);
        while (true)
        {
            sleep.Announce();
            if (HasTask(Volatile.Read(ref _channel->Claim)))
            {
                return true;
            }

            if (Volatile.Read(ref _channel->Closed) != 0)
            {
                return false;
            }

            sleep.Sleep(WaitTimings.Slice);
            if (sleep.Sleeps == SleepsBeforeIdle)
            {
                Trim();
                idle();
            }
        }
    }

    /// <summary>Returns the header of the claimed task.</summary>
    /// <param name="number">The number that <see cref="TryClaim"/> returned.</param>
    /// <exception cref="InvalidDataException">The memory was overwritten: this worker cannot find its tasks any more.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RequestHeader Next(uint number)
    {
        var header = *(RequestHeader*)_ring.Next();
        if (header.Number != number)
        {
            ThrowOverwritten(number, header.Number);
        }

        return header;
    }

    /// <summary>Returns the bytes of body and argument, valid until <see cref="Release"/>.</summary>
    /// <param name="header">The header that <see cref="Next"/> returned.</param>
    /// <param name="end">Where the argument ends.</param>
    /// <exception cref="InvalidDataException">The segment of a large content does not exist any more.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Content(in RequestHeader header, out byte* end)
    {
        var at = _ring.At + sizeof(RequestHeader);
        _ring.Advance(sizeof(RequestHeader) + header.Length);
        if ((header.Flags & RequestFlags.InSegment) != 0)
        {
            return LargeContent((ContentReference*)at, out end);
        }

        end = at + header.Length;
        return at;
    }

    /// <summary>
    /// Returns the room of what was read to the pool: one release store. Killed before it: the pool, which waits for room, learns of the death.
    /// </summary>
    public void Release()
    {
        if (_released != _ring.Position)
        {
            _released = _ring.Position;
            Volatile.Write(ref _channel->RequestTail, _released);
        }
    }

    /// <summary>Unmaps segments of large contents.</summary>
    public void Trim() => _contents.Trim();

    [DoesNotReturn]
    private static void ThrowOverwritten(uint number, uint found) => throw new InvalidDataException(
        $"The memory through which the pool sends tasks to this worker was overwritten: in the place of task {number} lies task {found}. "
        + "Did a task of this worker use unsafe code or a native library?");

    private static bool HasTask(long claim) => (uint)claim != (uint)(claim >> 32);

    private byte* LargeContent(ContentReference* content, out byte* end)
    {
        var segment = _contents.Open(content->Segment);
        end = segment.Base + content->Length;
        return segment.Base;
    }
}
