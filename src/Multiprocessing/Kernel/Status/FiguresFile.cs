using System.Globalization;

namespace Multiprocessing;

/// <summary>
/// The file in a session's directory with the counts of one process that is not the root: <c>figures-[slot]-[generation]</c>, a document as that of
/// <see cref="StatusFile"/>, written in the same way. It outlives its process, because a counter never falls: the root takes the last counts and
/// removes the file. Killed before it was written: what happened after the last time, half a second ago at most, is not counted.
/// </summary>
internal static class FiguresFile
{
    private const string Prefix = "figures-";

    public static string PathOf(string directory, ParticipantId participant) => StatusFile.PathOf(directory, Prefix, participant);

    /// <summary>Lists the processes that have such a file.</summary>
    /// <exception cref="IOException">The session was removed.</exception>
    public static IEnumerable<ParticipantId> All(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, Prefix + "*"))
        {
            if (Path.GetFileName(path).Split('-') is [_, var slot, var generation]
                && int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && int.TryParse(generation, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                yield return new ParticipantId(index, number);
            }
        }
    }
}
