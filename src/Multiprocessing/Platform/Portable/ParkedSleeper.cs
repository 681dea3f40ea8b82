using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Portable;

/// <summary>
/// One slot of a parking lot, 32 bytes. The owner word is process:32 | turn:30 | state:2 from the high bit down, and changes by CAS only. The turn
/// grows with every sleep: the CAS of a waker fails if the sleeper that it saw has left and another sleep began in this slot.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct ParkedSleeper
{
    public const int Size = 32;

    [FieldOffset(0)]
    public ulong Owner;

    /// <summary>The key of the word. Valid while the slot waits.</summary>
    [FieldOffset(8)]
    public ulong Key;

    /// <summary>The order of the sleepers: the lowest ticket is woken first.</summary>
    [FieldOffset(16)]
    public ulong Ticket;

    public enum State
    {
        Free,
        Taken,
        Waiting,
        Woken,
    }

    public static State StateOf(ulong owner) => (State)(owner & 3);

    public static int ProcessOf(ulong owner) => (int)(owner >> 32);

    public static ulong With(ulong owner, State state) => (owner & ~3UL) | (ulong)state;

    /// <summary>Returns the owner word of the next turn, with the given process.</summary>
    public static ulong Next(ulong owner, int process, State state) =>
        ((ulong)(uint)process << 32) | ((owner + 4) & 0xFFFF_FFFC) | (ulong)state;
}
