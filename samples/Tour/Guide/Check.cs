using System.Collections;
using System.Diagnostics;
using System.Globalization;

namespace Tour;

/// <summary>States and checks the claims of a lesson. The first claim that is false ends the lesson, and the tour with exit code 1.</summary>
internal sealed class Check
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The number of claims that were true so far.</summary>
    public int Count { get; private set; }

    public void That(string claim, bool holds) => Equal(claim, expected: true, holds);

    public void Equal<T>(string claim, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new CheckFailedException(claim, Show(expected), Show(actual));
        }

        Hold(claim);
    }

    public void Sequence<T>(string claim, IEnumerable<T> expected, IEnumerable<T> actual)
    {
        var (wanted, found) = (expected.ToList(), actual.ToList());
        if (!wanted.SequenceEqual(found))
        {
            throw new CheckFailedException(claim, Show(wanted), Show(found));
        }

        Hold(claim);
    }

    public TException Throws<TException>(string claim, Action action)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException expected)
        {
            Hold(claim);
            return expected;
        }
        catch (Exception other)
        {
            throw new CheckFailedException(claim, typeof(TException).Name, $"{other.GetType().Name}: {other.Message}");
        }

        throw new CheckFailedException(claim, typeof(TException).Name, "no exception");
    }

    /// <summary>
    /// For a change that the operating system does not announce, such as the scheduling state of a process: checks until it has happened.
    /// </summary>
    public void Becomes<T>(string claim, T expected, Func<T> look)
    {
        var watch = Stopwatch.StartNew();
        var actual = look();
        while (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            if (watch.Elapsed > Patience)
            {
                throw new CheckFailedException(claim, Show(expected), $"{Show(actual)}, after {Patience.TotalSeconds} s");
            }

            Thread.Sleep(5);
            actual = look();
        }

        Hold(claim);
    }

    private static string Show<T>(T value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Show))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private void Hold(string claim)
    {
        Count++;
        Screen.Tick(claim);
    }
}

internal sealed class CheckFailedException(string claim, string expected, string actual) : Exception(claim)
{
    public string Expected => expected;

    public string Actual => actual;
}
