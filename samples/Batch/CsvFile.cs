using System.Globalization;

namespace Batch;

/// <summary>The reports as comma-separated values (RFC 4180).</summary>
internal static class CsvFile
{
    public static void Write(string path, IReadOnlyList<FileReport> reports)
    {
        using var writer = new StreamWriter(path);
        writer.WriteLine("path,bytes,words,sha256");
        foreach (var report in reports)
        {
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Quote(report.Path)},{report.Bytes},{report.Words},{report.Sha256}"));
        }
    }

    private static string Quote(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
}
