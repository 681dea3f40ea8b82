namespace Multiprocessing;

/// <summary>
/// The recent rate of items: items and seconds, both faded by the same exponential factor, so that the quotient is the plain average at first and
/// follows changes later. It fades nothing while it holds few items: workers that take a minute for each item end them in bursts, and a rate that
/// fades between two bursts swings with them.
/// </summary>
/// <param name="minItems">The number of items below which nothing fades.</param>
internal struct ProgressRate(double minItems)
{
    /// <summary>The time constant of the fading.</summary>
    private const double FadeSeconds = 10;

    private double _items;
    private double _seconds;

    /// <summary>Items per second; 0 if there were none.</summary>
    public readonly double PerSecond => _seconds > 0 ? _items / _seconds : 0;

    /// <summary>Adds what has happened since the last call.</summary>
    public void Add(long items, TimeSpan time)
    {
        var seconds = Math.Max(time.TotalSeconds, 0);
        if (_items >= minItems)
        {
            // Not below the minimum in one long pause either.
            var fade = Math.Max(Math.Exp(-seconds / FadeSeconds), minItems / _items);
            _items *= fade;
            _seconds *= fade;
        }

        _items += items;
        _seconds += seconds;
    }
}
