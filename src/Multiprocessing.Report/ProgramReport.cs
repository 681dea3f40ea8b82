using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// Writes what a <see cref="ProgramRecorder"/> has recorded as one HTML file. The file contains its scripts, styles and data: it opens from disk,
/// without
/// a server and without a network.
/// </summary>
/// <example>
/// <code>
/// await using var recorder = ProgramRecorder.StartCurrent();
/// await ProgramReport.WriteAsync(recorder, path); // what was recorded until now; the recorder goes on
/// </code>
/// </example>
public static class ProgramReport
{
    /// <summary>Writes the report to a file, which is replaced if it exists. A reader of the file sees the old or the new one, never a
    /// part.</summary>
    /// <param name="recorder">The recorder; it goes on recording.</param>
    /// <param name="path">The path of the file. Missing directories are created.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>A task that ends when the file is complete.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be written.</exception>
    public static async Task WriteAsync(ProgramRecorder recorder, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recorder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            var stream = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await using (stream.ConfigureAwait(false))
            {
                await WriteAsync(recorder, stream, cancellationToken).ConfigureAwait(false);
            }

            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part); // nothing after the move
        }
    }

    /// <summary>Writes the report to a stream, which stays open.</summary>
    /// <param name="recorder">The recorder; it goes on recording.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Cancels the writing.</param>
    /// <returns>A task that ends when the report is written.</returns>
    public static async Task WriteAsync(ProgramRecorder recorder, Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recorder);
        ArgumentNullException.ThrowIfNull(stream);
        await recorder.WaitForFirstSampleAsync(cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(Build(recorder), cancellationToken).ConfigureAwait(false);
    }

    private static byte[] Build(ProgramRecorder recorder)
    {
        // An inline script must not contain the end of its element; in JavaScript "<\/" is the same text.
        var script = Encoding.UTF8.GetString(Assets.Read("app.js")).Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase);
        var style = Encoding.UTF8.GetString(Assets.Read("app.css"));
        var html = Encoding.UTF8.GetString(Assets.Read("index.html"));
        var icon = Convert.ToBase64String(Assets.Read("icon.svg"));
        // The page may load nothing, and run nothing but its own script: data with markup in it stays data.
        var policy = $"default-src 'none'; script-src '{Hash(script)}'; style-src '{Hash(style)}'; img-src data:; "
            + "base-uri 'none'; form-action 'none'";
        html = Replace(html, "<meta charset=\"utf-8\">",
            $"<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
        html = Replace(html, "<link rel=\"icon\" href=\"icon.svg\">", $"<link rel=\"icon\" href=\"data:image/svg+xml;base64,{icon}\">");
        html = Replace(html, "<link rel=\"stylesheet\" href=\"app.css\">", $"<style>{style}</style>");
        html = Replace(html, "<script type=\"module\" src=\"app.js\"></script>", "");
        html = Replace(html, "<footer><a href=\"licences.txt\">Licences of the parts of this page</a></footer>", Licences());
        html = Replace(html, "</body>",
            $"<script type=\"application/json\" id=\"report-data\">{Data(recorder)}</script>\n<script type=\"module\">{script}</script>\n</body>");
        return Encoding.UTF8.GetBytes(html);
    }

    private static string Licences() =>
        $"<footer><details><summary>Licences of the parts of this page</summary>"
            + $"<pre>{HtmlEncoder.Default.Encode(Encoding.UTF8.GetString(Assets.Read("licences.txt")))}</pre></details></footer>";

    private static string Data(ProgramRecorder recorder)
    {
        ArrayBufferWriter<byte> buffer = new();
        // The default encoder writes '<' and '&' as escapes, so that no text can end the element.
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            recorder.WriteState(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Replace(string html, string part, string by) => html.Contains(part, StringComparison.Ordinal)
        ? html.Replace(part, by, StringComparison.Ordinal)
        : throw new InvalidOperationException($"The page has no '{part}': its source and the report do not fit together.");
}
