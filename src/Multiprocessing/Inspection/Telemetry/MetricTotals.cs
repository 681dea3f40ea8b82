namespace Multiprocessing;

/// <summary>
/// Sums counts over objects that appear and disappear, so that the sum never falls: the count that an object had last stays in it. Not thread-safe.
/// </summary>
/// <typeparam name="TSeries">What identifies one sum.</typeparam>
internal sealed class MetricTotals<TSeries>
    where TSeries : notnull
{
    private readonly Dictionary<TSeries, long> _ended = [];
    private Dictionary<(TSeries Series, string Id), long> _living = [];

    /// <summary>Takes the counts of all objects that exist now.</summary>
    /// <param name="counts">The counts; an object has one id for as long as it exists.</param>
    /// <returns>The sums, with those of objects that have disappeared.</returns>
    public IReadOnlyDictionary<TSeries, long> Update(IEnumerable<(TSeries Series, string Id, long Count)> counts)
    {
        var living = new Dictionary<(TSeries Series, string Id), long>();
        foreach (var (series, id, count) in counts)
        {
            living[(series, id)] = Math.Max(count, _living.GetValueOrDefault((series, id)));
        }

        foreach (var (key, count) in _living)
        {
            if (!living.ContainsKey(key))
            {
                _ended[key.Series] = _ended.GetValueOrDefault(key.Series) + count;
            }
        }

        _living = living;
        var sums = new Dictionary<TSeries, long>(_ended);
        foreach (var (key, count) in living)
        {
            sums[key.Series] = sums.GetValueOrDefault(key.Series) + count;
        }

        return sums;
    }
}
