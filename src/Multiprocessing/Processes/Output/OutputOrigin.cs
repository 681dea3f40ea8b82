namespace Multiprocessing;

/// <summary>The process that wrote the output, and which of its two streams it is.</summary>
internal readonly record struct OutputOrigin(string Name, int ProcessId, bool IsError)
{
    /// <summary>
    /// Returns the text with the name and id of the process in place of the placeholders. The program chooses the name; a line end in it would split
    /// the lines.
    /// </summary>
    public string Expand(string format)
    {
        var name = string.Create(Name.Length, Name, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });

        // The id first: a name may contain a placeholder.
        var withId = format.Replace("{Id}", FormattableString.Invariant($"{ProcessId}"), StringComparison.Ordinal);
        return withId.Replace("{Name}", name, StringComparison.Ordinal);
    }
}
