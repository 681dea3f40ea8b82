using System.Diagnostics;

namespace Multiprocessing;

/// <summary>
/// The credit of the transfers to one member. All messages to a member share a connection, so what is on the way there is what a task, a reply or a
/// probe of the membership waits behind: the credit falls while chunks are answered late, and rises while they are answered soon. Thread-safe.
/// </summary>
internal sealed class TransferPace
{
    /// <summary>The largest chunk, in bytes.</summary>
    public const int MaxChunk = 1 << 20;

    /// <summary>The most that is on the way to one member, in bytes: 8 chunks.</summary>
    public const int MaxCredit = 8 * MaxChunk;

    /// <summary>The least credit. It takes half a second on a link of 10 Mbit/s, and a member is suspected after several seconds.</summary>
    public const int MinCredit = MaxChunk / 2;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private long _lowered;

    public ByteCredit Credit { get; } = new(2 * MaxChunk);

    /// <summary>Gets the size of the next chunk. Two chunks are on the way at the least credit, so that the link does not idle.</summary>
    public int ChunkSize => (int)Math.Clamp(Credit.Max / 2, MinCredit / 2, MaxChunk);

    /// <summary>A chunk was answered.</summary>
    /// <param name="sent">When it was sent.</param>
    public void Answered(long sent)
    {
        var took = Stopwatch.GetElapsedTime(sent);
        lock (_gate)
        {
            if (took < Soon)
            {
                Credit.Max = Math.Min(MaxCredit, Credit.Max + (MaxChunk / 4));
            }
            else if (took > Late && sent > _lowered)
            {
                // Once for all that was on the way at that time.
                Credit.Max = Math.Max(MinCredit, Credit.Max / 2);
                _lowered = Stopwatch.GetTimestamp();
            }
        }
    }
}
