using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Multiprocessing;

namespace Tour.Lessons;

/// <summary>The result of the saver.</summary>
internal sealed record SaveReport(int Files, long Bytes, long Elements, long Members, long Words);

/// <summary>Takes files from the queue, checks and parses them, and saves them.</summary>
internal static class Saver
{
    public static SaveReport Save(ProcessQueue<DownloadedFile> downloads, string database, ProcessQueue<int> progress)
    {
        var report = new SaveReport(0, 0, 0, 0, 0);
        using (var archive = new Archive(database))
        {
            // ReadAll ends when the downloader has called Complete and the last file was taken. `while (!downloads.IsEmpty)` would end whenever this
            // process is faster than the network for a moment, although more files will arrive.
            foreach (var file in downloads.ReadAll())
            {
                var sum = Convert.ToHexStringLower(SHA256.HashData(file.Bytes));
                if (sum != file.EntityTag)
                {
                    throw new InvalidDataException($"{file.Path} arrived with the hash {sum}; the server sent {file.EntityTag}.");
                }

                var content = Parse(file);
                archive.Add(file.Path, file.Bytes, sum, content);
                report = new SaveReport(
                    report.Files + 1,
                    report.Bytes + file.Bytes.Length,
                    report.Elements + content.Elements,
                    report.Members + content.Members,
                    report.Words + content.Words);
                progress.Put(report.Files);
            }

            archive.Commit();
        }

        progress.Complete();
        return report;
    }

    private static Content Parse(DownloadedFile file)
    {
        if (!file.Path.EndsWith(".txt", StringComparison.Ordinal))
        {
            try
            {
                var elements = XDocument.Load(new MemoryStream(file.Bytes)).Descendants().ToList();
                return new Content("xml", elements.Count, elements.Count(element => element.Name == "member"), 0, 0);
            }
            catch (XmlException)
            {
                // The name states XML, but the contents are not: the file is saved as text.
            }
        }

        var text = Encoding.UTF8.GetString(file.Bytes);
        return new Content("text", 0, 0, text.AsSpan().Count('\n'), text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
