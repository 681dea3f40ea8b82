using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Where processes sleep until something may have changed: 128 bytes of shared memory, zero at birth.
/// <para>
/// A sleeper reads <see cref="Sequence"/>, adds one to <see cref="Arrivals"/> (full fence), looks again at what it waits for, and sleeps on the sequence it read.
/// A notifier makes its change, does a full fence, and if Arrivals differs from <see cref="Handled"/> adds one to the sequence and wakes as many as it made
/// room for. Either the sleeper sees the change or the notifier sees the arrival. Only when nobody was there to be woken does the notifier store the Arrivals it
/// read before into Handled: whoever came since has made Arrivals different again, and whoever came before has read a sequence that is gone. So there is no moment
/// at which a sleeper is not announced, and a sleeper that died costs one system call, not one for ever.
/// </para>
/// <para>
/// Killed as sleeper: see above. Killed as notifier between its change and the wake: the sleepers look again after their slice, or at once when the death is told.
/// </para>
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal unsafe struct WaitPoint
{
    public const int Size = 128;

    [FieldOffset(0)]
    public int Sequence;

    [FieldOffset(8)]
    public int Arrivals;

    [FieldOffset(12)]
    public int Handled;

    /// <summary>Not 0 when a bit of <see cref="AsyncMask"/> may be set.</summary>
    [FieldOffset(16)]
    public int AsyncArmed;

    /// <summary>One bit per participant that has asynchronous waiters here.</summary>
    [FieldOffset(64)]
    public fixed ulong AsyncMask[ParticipantTable.Capacity / 64];

    /// <summary>Announces a sleeper. Full fence; look again at what you wait for before <see cref="Sleep"/>.</summary>
    public static int Announce(WaitPoint* point)
    {
        var sequence = Volatile.Read(ref point->Sequence);
        Interlocked.Increment(ref point->Arrivals);
        KillPoints.Pass(KillPoint.SleepAnnounced);
        return sequence;
    }

    public static void Sleep(WaitPoint* point, int sequence, TimeSpan timeout)
    {
        WordWait.Wait(&point->Sequence, sequence, timeout);
        KillPoints.Pass(KillPoint.Slept);
    }

    /// <summary>
    /// Tells that up to <paramref name="count"/> waiters may go on. The caller's change must be separated from this call by a full fence, which
    /// <see cref="OwnerLock.Exit"/> is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Notify(WaitPoint* point, int count, Doorbells doorbells)
    {
        if (Volatile.Read(ref point->Arrivals) != Volatile.Read(ref point->Handled))
        {
            WakeSleepers(point, count);
        }

        if (Volatile.Read(ref point->AsyncArmed) != 0)
        {
            doorbells.Ring(point);
        }
    }

    /// <summary>Wakes everybody who sleeps here whether or not they may go on, so that they look at who died or whether they are closed.</summary>
    public static void WakeAll(WaitPoint* point)
    {
        Interlocked.Increment(ref point->Sequence);
        KillPoints.Pass(KillPoint.AllToBeWoken);
        WordWait.Wake(&point->Sequence, int.MaxValue);
    }

    /// <summary>Sets the participant's bit. Full fence; look again at what you wait for afterwards. Bit first: who clears <see cref="AsyncArmed"/> reads the bits after it.</summary>
    public static void ArmAsync(WaitPoint* point, int slot)
    {
        Interlocked.Or(ref point->AsyncMask[slot / 64], 1UL << (slot % 64));
        KillPoints.Pass(KillPoint.AsyncBitSet);
        Interlocked.Exchange(ref point->AsyncArmed, 1);
        KillPoints.Pass(KillPoint.AsyncArmed);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WakeSleepers(WaitPoint* point, int count)
    {
        var arrivals = Volatile.Read(ref point->Arrivals);
        KillPoints.Pass(KillPoint.WakeBegun);
        Interlocked.Increment(ref point->Sequence);
        KillPoints.Pass(KillPoint.WakeCounted);
        if (WordWait.Wake(&point->Sequence, count) == 0)
        {
            KillPoints.Pass(KillPoint.WakeFoundNone);
            Volatile.Write(ref point->Handled, arrivals);
        }
    }
}
