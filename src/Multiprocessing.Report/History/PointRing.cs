namespace Multiprocessing;

/// <summary>
/// The points of the last minutes, or of a whole run. It holds a fixed number of points: a window forgets the oldest one; a whole run drops every
/// second
/// point when it is full, and then takes every second sample, so that a run of any length fits with the same number of points.
/// </summary>
internal sealed class PointRing(int capacity, bool wholeRun)
{
    private readonly List<HistoryPoint> _points = new(capacity);
    private int _every = 1;
    private long _offered;

    public IReadOnlyList<HistoryPoint> Points => _points;

    public void Add(HistoryPoint point)
    {
        if (!wholeRun)
        {
            if (_points.Count == capacity)
            {
                _points.RemoveAt(0);
            }

            _points.Add(point);
            return;
        }

        if (_offered++ % _every != 0)
        {
            return;
        }

        if (_points.Count == capacity)
        {
            var kept = _points.Where((_, index) => index % 2 == 0).ToList();
            _points.Clear();
            _points.AddRange(kept);
            _every *= 2;
        }

        _points.Add(point);
    }
}
