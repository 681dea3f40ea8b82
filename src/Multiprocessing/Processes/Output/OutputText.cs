namespace Multiprocessing;

/// <summary>Shortens the output of a process for people who look at many of them.</summary>
internal static class OutputText
{
    private const int MaxLines = 5;
    private const int MaxLength = 1000;

    /// <summary>Returns the last lines of a text, each with a line feed behind it; an empty text if there is none.</summary>
    public static string LastLines(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "";
        }

        text = text.Length > MaxLength ? text[^MaxLength..] : text;
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return string.Join('\n', lines[Math.Max(0, lines.Length - MaxLines)..]) + "\n";
    }
}
