namespace Multiprocessing;

/// <summary>How much of an exception's texts its description takes, in characters.</summary>
/// <param name="Message">Of each message.</param>
/// <param name="Trace">Of each stack trace.</param>
/// <param name="All">Of all texts together; those that come later have their types and the beginnings of their messages only.</param>
/// <param name="Exceptions">The most exceptions, the outer one included.</param>
internal sealed record TextLimits(int Message, int Trace, int All, int Exceptions)
{
    public static readonly TextLimits Usual = new(16 << 10, 32 << 10, 128 << 10, 256);

    /// <summary>Fits into a reply ring and into a message for which there is hardly any memory.</summary>
    public static readonly TextLimits Short = new(1 << 10, 2 << 10, 6 << 10, 16);

    /// <summary>When all room is used up.</summary>
    public const int Rest = 128;

    /// <summary>Head and tail of a text that is too long, with a word on what is left out.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var tail = most / 4;
        var head = most - tail;
        return $"{text.AsSpan(0, head)} [... {text.Length - most} of {text.Length} characters are left out here ...] {text.AsSpan(text.Length - tail)}";
    }
}
