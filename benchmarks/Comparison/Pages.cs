namespace Comparison;

/// <summary>Writes pages and pictures: of a whole run into the documentation, of a quick run or a part to <c>artifacts/benchmarks</c>.</summary>
internal static class Pages
{
    /// <summary>Returns the end of a page: how the reader measures again.</summary>
    /// <param name="options">What the options of the program are for, or empty.</param>
    /// <param name="commands">The commands.</param>
    public static string MeasureAgain(string options, params ReadOnlySpan<string> commands) =>
        $"""
        To measure again, on an idle machine{(options.Length == 0 ? "" : $" ({options})")}:

        ```
        {string.Join(Environment.NewLine, commands)}
        ```

        """;

    public static void Write(string name, string text, bool whole)
    {
        var folder = whole ? Places.Documents : Places.Artifacts;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name), text);
        Console.WriteLine($"Written: {Path.Combine(Path.GetRelativePath(Places.Root, folder), name)}");
    }
}
