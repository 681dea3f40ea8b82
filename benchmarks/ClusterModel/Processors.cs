namespace ClusterModel;

/// <summary>The processors of one machine: each job takes the one that is free first.</summary>
internal sealed class Processors(int count)
{
    private readonly double[] _freeAt = new double[count];

    /// <summary>Gets the time that jobs took, of all processors together.</summary>
    public double Busy { get; private set; }

    public int Count => count;

    /// <returns>The time at which a job ends that arrives now.</returns>
    public double Run(double now, double time)
    {
        var first = 0;
        for (var i = 1; i < count; i++)
        {
            first = _freeAt[i] < _freeAt[first] ? i : first;
        }

        Busy += time;
        return _freeAt[first] = Math.Max(now, _freeAt[first]) + time;
    }
}
