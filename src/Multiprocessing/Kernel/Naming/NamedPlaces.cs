using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The places to meet that are not the usual one (<see cref="NamedDirectory.RootVariable"/>): a file <c>mpplace-[uid]-[pid namespace]-[hash]</c> with the path, where every session begins.
/// So the files of programs that were killed are removed by the next session of the user, and not only by the next program that comes to the same place.
/// <para>Killed between making this file and the place's session: it names a place where nothing is, and a later sweep deletes it.</para>
/// </summary>
internal static class NamedPlaces
{
    private static string Prefix => $"mpplace-{FileOwner.CurrentUser}-{ProcessIdentity.Namespace}-";

    /// <summary>With the place's gate, before there is a session. Not for the usual place, which every sweep looks at.</summary>
    public static void Remember(string place)
    {
        if (IsUsual(place))
        {
            return;
        }

        try
        {
            _ = PrivateFile.Write(FileOf(place), place, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // No room, or not writable. Then the place is cleaned up by whoever comes there next, and nothing else depends on the file.
        }
    }

    /// <summary>With the place's gate, when nothing is left there.</summary>
    public static void Forget(string place)
    {
        if (!IsUsual(place))
        {
            TryDelete(FileOf(place));
        }
    }

    /// <summary>The directories of this user and pid namespace in which programs meet or met.</summary>
    public static IEnumerable<string> All()
    {
        if (!Directory.Exists(SessionDirectory.SharedRoot))
        {
            yield break;
        }

        foreach (var file in Directory.GetFiles(SessionDirectory.SharedRoot, Prefix + "*"))
        {
            // Everybody may make a file of that name; what it says counts only if it is ours.
            if (!FileOwner.IsOurs(file) || TryRead(file) is not { Length: > 0 } place)
            {
                continue;
            }

            if (File.Exists(Path.Combine(place, SessionDirectory.SessionFile)))
            {
                yield return place;
            }
            else if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > TimeSpan.FromMinutes(1))
            {
                TryDelete(file); // killed before there was a session, or after it; one who comes right now has a young file
            }
        }
    }

    private static bool IsUsual(string place) => Path.GetDirectoryName(place) is { } root && (root == SessionDirectory.SharedRoot || root == SessionDirectory.TempRoot);

    private static string FileOf(string place) => Path.Combine(SessionDirectory.SharedRoot, $"{Prefix}{ObjectName.HashOf(place):x16}");

    private static string? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // another sweep was faster
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It may be gone already, or the directory was made read-only: the next sweep tries again.
        }
    }
}
