namespace Comparison;

/// <summary>Writes pages and pictures: of a whole run into the documentation, of a quick run or a part to <c>artifacts/benchmarks</c>.</summary>
internal static class Pages
{
    public static void Write(string name, string text, bool whole)
    {
        var folder = whole ? Places.Documents : Places.Artifacts;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name), text);
        Console.WriteLine($"Written: {Path.Combine(Path.GetRelativePath(Places.Root, folder), name)}");
    }
}
