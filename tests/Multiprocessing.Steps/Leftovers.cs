namespace Multiprocessing.Steps;

/// <summary>Directories of sessions that dead processes began.</summary>
internal static class Leftovers
{
    public static IEnumerable<string> Of(IReadOnlyCollection<int> dead) =>
        new[] { SessionDirectory.SharedRoot, SessionDirectory.TempRoot }
            .Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateDirectories(root, SessionDirectory.Prefix + "*"))
            .Where(path => dead.Contains(MakerOf(path)));

    private static int MakerOf(string path)
    {
        var name = Path.GetFileName(path);
        if (name.EndsWith(".new", StringComparison.Ordinal))
        {
            return int.Parse(name.Split('.')[1]);
        }

        try
        {
            // The root's pid stands at offset 12 of the session's file.
            using var file = File.OpenRead(Path.Combine(path, SessionDirectory.SessionFile));
            var header = new byte[16];
            return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length ? 0 : BitConverter.ToInt32(header, 12);
        }
        catch (IOException)
        {
            return 0; // another program's, which ends right now
        }
    }
}
