using System.Globalization;
using Multiprocessing.Platform;

namespace Multiprocessing;

/// <summary>
/// The file in a session's directory in which one process publishes what only it knows: <c>status-[slot]-[generation]</c>, one JSON document. It is
/// written under another name and renamed, so a reader sees the whole of one document. Killed before the rename: the earlier document stays, and the
/// half-written file is ignored. The process that reports the death removes both; killed before it does, they stay until the session ends, and are
/// ignored, because the slot in their name is a dead one's.
/// </summary>
internal static class StatusFile
{
    /// <summary>The version of the document. A reader ignores another one.</summary>
    public const int Version = 1;

    private const string Draft = ".new";

    /// <summary>How long an observer's look makes processes publish, in milliseconds.</summary>
    public const long LookLasts = 5_000;

    public static string PathOf(string directory, ParticipantId participant) => PathOf(directory, "status-", participant);

    /// <summary>Returns the path of a file of one process in the session's directory.</summary>
    public static string PathOf(string directory, string prefix, ParticipantId participant) => Path.Combine(
        directory, string.Create(CultureInfo.InvariantCulture, $"{prefix}{participant.Slot}-{participant.Generation}"));

    /// <exception cref="IOException">There is no room, or the session was removed.</exception>
    public static void Write(string path, ReadOnlySpan<byte> document)
    {
        var draft = path + Draft;
        using (var file = File.OpenHandle(draft, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            KillPoints.Pass(KillPoint.StatusDrafted);
            RandomAccess.Write(file, document, 0);
        }

        KillPoints.Pass(KillPoint.StatusWritten);
        File.Move(draft, path, overwrite: true);
        KillPoints.Pass(KillPoint.StatusPublished);
    }

    /// <summary>Removes the files of a process that has died or leaves. Does not throw.</summary>
    public static void Delete(string directory, ParticipantId participant)
    {
        Delete(PathOf(directory, participant));
        MappedFile.Delete(StatusRequest.PathOf(directory, participant));
    }

    /// <summary>Removes a file that <see cref="Write"/> has written, and its draft. Does not throw.</summary>
    public static void Delete(string path)
    {
        MappedFile.Delete(path);
        MappedFile.Delete(path + Draft);
    }
}
