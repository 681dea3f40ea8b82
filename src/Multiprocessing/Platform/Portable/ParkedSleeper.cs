using System.Runtime.InteropServices;

namespace Multiprocessing.Platform.Portable;

/// <summary>
/// One place of a parking lot, 32 bytes. The owner word is process:32 | turn:30 | state:2 from the high bit down, and changes by CAS only: the turn, which grows
/// with every sleep, makes a waker's CAS fail when the sleeper that it saw has left and another sleep began here.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct ParkedSleeper
{
    public const int Size = 32;

    [FieldOffset(0)]
    public ulong Owner;

    /// <summary>Which word; meaningful while somebody waits.</summary>
    [FieldOffset(8)]
    public ulong Key;

    /// <summary>Who came first is woken first.</summary>
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

    /// <summary>The next turn, of the given process.</summary>
    public static ulong Next(ulong owner, int process, State state) =>
        ((ulong)(uint)process << 32) | ((owner + 4) & 0xFFFF_FFFC) | (ulong)state;
}
