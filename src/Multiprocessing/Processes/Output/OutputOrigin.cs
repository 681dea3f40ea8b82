namespace Multiprocessing;

/// <summary>Whose output it is, and which of the two.</summary>
internal readonly record struct OutputOrigin(string Name, int ProcessId, bool IsError)
{
    /// <summary>The text with the process's name and id in their places. A name is the user's and may hold a line end, which would tear the lines that it stands on.</summary>
    public string Expand(string format)
    {
        var name = string.Create(Name.Length, Name, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });

        // The id first: a name may contain what looks like a place for it.
        return format.Replace("{Id}", FormattableString.Invariant($"{ProcessId}"), StringComparison.Ordinal).Replace("{Name}", name, StringComparison.Ordinal);
    }
}
