namespace Multiprocessing;

/// <summary>
/// What a worker has written into its channel that is not valid there. The worker's process can write anything at any place, on purpose or not, so
/// the pool checks every value before it uses it. After the first value that is not valid it reads, writes and takes back nothing more, and kills the
/// worker.
/// </summary>
internal sealed class ChannelDamage
{
    /// <summary>What was found first; <see langword="null"/> while the channel is in order.</summary>
    public string? Found { get; private set; }

    public void Report(string found) => Found ??= found;
}
