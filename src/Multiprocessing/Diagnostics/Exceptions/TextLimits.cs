namespace Multiprocessing;

/// <summary>Limits of the texts in the description of an exception, in characters.</summary>
/// <param name="Message">Maximum length of each message.</param>
/// <param name="Trace">Maximum length of each stack trace.</param>
/// <param name="All">Maximum length of all texts together. After that, exceptions have their types and the beginnings of their messages only.</param>
/// <param name="Exceptions">Maximum number of exceptions, the outer one included.</param>
internal sealed record TextLimits(int Message, int Trace, int All, int Exceptions)
{
    public static readonly TextLimits Usual = new(16 << 10, 32 << 10, 128 << 10, 256);

    /// <summary>Fits into a reply ring, and needs little memory.</summary>
    public static readonly TextLimits Short = new(1 << 10, 2 << 10, 6 << 10, 16);

    /// <summary>Maximum length of a text after <see cref="All"/> is used up.</summary>
    public const int Rest = 128;

    /// <summary>
    /// Returns a text that is not too long unchanged; of any other its head and tail, with the number of characters that are left out.
    /// </summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var tail = most / 4;
        var head = most - tail;
        return $"{text.AsSpan(0, head)} [... {text.Length - most} of {text.Length} characters are left out here ...] "
            + $"{text.AsSpan(text.Length - tail)}";
    }
}
