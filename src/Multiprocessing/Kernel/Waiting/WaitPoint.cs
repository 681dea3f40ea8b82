using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// Where processes sleep until a condition may have changed: 128 bytes of shared memory, initially zero.
/// <para>
/// A sleeper reads <see cref="Sequence"/>, adds one to <see cref="Arrivals"/> (full fence), checks its condition again, and sleeps while the sequence
/// is the one it read. A notifier makes its change, executes a full fence, and if Arrivals differs from <see cref="Handled"/> adds one to the
/// sequence and wakes as many sleepers as it made room for. <see cref="SleepLoop"/> has the argument why no wake-up is lost. Only if it found no
/// sleeper does the notifier store the Arrivals that it read before into Handled: a sleeper that arrived since has made Arrivals different again, and
/// one that arrived before has read an earlier sequence. So there is no moment at which a sleeper is not announced, and a dead sleeper costs one
/// system call, not one for every notification.
/// </para>
/// <para>
/// Killed as sleeper: see above. Killed as notifier between its change and the wake: the sleepers check again after their slice, or at once when the
/// death is reported.
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

    /// <summary>One bit for each participant that has asynchronous waiters here.</summary>
    [FieldOffset(64)]
    public fixed ulong AsyncMask[ParticipantTable.Capacity / 64];

    /// <summary>
    /// Announces a sleeper. Full fence; the condition is checked again before <see cref="Sleep"/>. Callers use <see cref="SleepLoop"/>.
    /// </summary>
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
    /// Notifies up to <paramref name="count"/> waiters. A full fence, which <see cref="OwnerLock.Exit"/> is, must lie between the caller's change and
    /// this call: it is the partner of the fence in <see cref="Announce"/>.
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

    /// <summary>
    /// Wakes all sleepers, whether or not they may continue, so that they check which process died and whether their object was disposed.
    /// </summary>
    public static void WakeAll(WaitPoint* point)
    {
        Interlocked.Increment(ref point->Sequence);
        KillPoints.Pass(KillPoint.AllToBeWoken);
        WordWait.Wake(&point->Sequence, int.MaxValue);
    }

    /// <summary>
    /// Sets the participant's bit. Full fence; the condition is checked again afterwards. Bit first: a notifier that clears <see cref="AsyncArmed"/>
    /// reads the bits after it.
    /// </summary>
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
