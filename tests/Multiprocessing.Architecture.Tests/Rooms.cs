namespace Multiprocessing.Architecture.Tests;

/// <summary>
/// The rooms of the library, from the lowest up: a room is a folder directly below the source folder. Code in a room may name what its own room declares, and the rooms below it.
/// </summary>
internal static class Rooms
{
    /// <summary>A file that lies in no room.</summary>
    public const string None = "(none)";

    public static readonly IReadOnlyList<string> FromTheLowest =
    [
        "Diagnostics",
        "Platform",
        "Kernel",
        "Serialization",
        "Calls",
        "Synchronization",
        "SharedMemory",
        "Queues",
        "Connections",
        "Processes",
        "Pools",
        "Services",
        "Inspection",
    ];

    public static string Of(string file) => file.IndexOf('/') is var end and > 0 ? file[..end] : None;

    public static int HeightOf(string room) => FromTheLowest.ToList().IndexOf(room);
}
