using System.Diagnostics;
using System.Globalization;

namespace Micro;

/// <summary>Measures the small object, and prints the times for another program.</summary>
internal static class SmallObjectTimes
{
    private const int WarmPasses = 6;

    // Code is fully compiled only after a tenth of a second in which no code was compiled for the first time.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    /// <summary>Returns the nanoseconds to serialize and to deserialize one object.</summary>
    public static string Measure(int count)
    {
        using var tripper = new RoundTripper<Order>(new Order());
        var serialize = 0.0;
        var deserialize = 0.0;
        for (var pass = 0; pass <= WarmPasses; pass++)
        {
            Thread.Sleep(Pause);
            serialize = Time(count, tripper, static tripper => tripper.Serialize());
            deserialize = Time(count, tripper, static tripper => tripper.Deserialize());
        }

        return string.Create(CultureInfo.InvariantCulture, $"{serialize:0.0} {deserialize:0.0}");
    }

    private static double Time(int count, RoundTripper<Order> tripper, Action<RoundTripper<Order>> action)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            action(tripper);
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / count;
    }
}
