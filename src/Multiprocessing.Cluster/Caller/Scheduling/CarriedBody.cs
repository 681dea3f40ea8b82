namespace Multiprocessing;

/// <summary>
/// The body of a map, which has captured much: it crosses once to each node and is referred to by the number of its transfer after that. It is freed
/// on the nodes when the map and all its tasks are over.
/// </summary>
/// <param name="bytes">The body as a message.</param>
internal sealed class CarriedBody(byte[] bytes)
{
    /// <summary>A body above this size, in bytes, crosses once. A smaller one is a part of each of its tasks.</summary>
    public const int MinSize = 32 << 10;

    private int _users = 1;

    public byte[] Bytes { get; } = bytes;

    /// <summary>Counts a task that uses it.</summary>
    public void Use() => Interlocked.Increment(ref _users);

    /// <summary>The map, or a task of it, is over.</summary>
    /// <returns>Whether that was the last one.</returns>
    public bool Release() => Interlocked.Decrement(ref _users) == 0;
}
