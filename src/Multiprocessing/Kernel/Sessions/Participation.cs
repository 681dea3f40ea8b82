using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>The participation of this process in one session. It ends once, when the process begins to leave.</summary>
internal sealed class Participation
{
    private int _ended;

    /// <summary>Gets or sets whether the process leaves the session only when the process itself ends.</summary>
    public bool LastsUntilExit { get; set; }

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>Ends the participation.</summary>
    /// <returns>False if it had ended before.</returns>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;

    /// <exception cref="InvalidOperationException">This process is ending, or it has left a session that was not its only one.</exception>
    public void ThrowIfEnded()
    {
        if (HasEnded)
        {
            throw LastsUntilExit ? ProcessEnding.Error() : new ObjectDisposedException(nameof(Session));
        }
    }
}
