namespace Multiprocessing;

/// <summary>
/// The indices from zero to a count, once each and in a random order. The order is start + k * step modulo the count, with a step that has no factor
/// in common with the count, so it needs no memory. The first ready source in such an order is one that no other source can starve; Go's
/// <c>select</c> chooses in the same way.
/// </summary>
internal struct RandomChoice
{
    private readonly int _count;
    private readonly int _step;
    private int _next;
    private int _left;

    public RandomChoice(int count)
    {
        _count = count;
        _left = count;
        _next = Random.Shared.Next(count);
        _step = 1;
        if (count > 2)
        {
            do
            {
                _step = Random.Shared.Next(1, count);
            }
            while (GreatestCommonDivisor(_step, count) != 1);
        }
    }

    /// <summary>Returns the next index, or -1 after the last one.</summary>
    public int Next()
    {
        if (_left == 0)
        {
            return -1;
        }

        _left--;
        var index = _next;
        _next = (int)(((long)_next + _step) % _count);
        return index;
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
