namespace Multiprocessing;

/// <summary>
/// The first message that a child reads, over a socket that only this child inherits: its identity and its parent. The command line and the
/// environment contain none of it, because other users or the child's own children could see it there.
/// </summary>
internal sealed record Hello
{
    private const int Magic = 0x4d505231;

    /// <summary>The child sends it back with <see cref="FrameKind.Ready"/>.</summary>
    public required Guid Token { get; init; }

    /// <summary>The build of this library; another build has another format.</summary>
    public required Guid LibraryVersion { get; init; }

    /// <summary>The full name of the program's entry assembly, or empty if there is none (a native host).</summary>
    public required string EntryAssembly { get; init; }

    /// <summary>The build of the entry assembly.</summary>
    public required Guid EntryVersion { get; init; }

    public required string SessionDirectory { get; init; }

    public required ParticipantId Participant { get; init; }

    public required int Depth { get; init; }

    public required int ParentId { get; init; }

    public required string ParentName { get; init; }

    /// <summary>The child receives its body later, and prepares for any body.</summary>
    public required bool IsSpare { get; init; }

    /// <summary>The reader of the child's standard output is a process of this library, which expects UTF-8.</summary>
    public required bool OutputIsRead { get; init; }

    /// <summary>The reader of the child's standard error is a process of this library, which expects UTF-8.</summary>
    public required bool ErrorIsRead { get; init; }

    /// <summary>Variables that only the start needs, with the values that the program's code must see; <see langword="null"/> for none.</summary>
    public required IReadOnlyDictionary<string, string?> EnvironmentToRestore { get; init; }

    public byte[] ToBytes()
    {
        var writer = new HelloWriter();
        writer.Write(Magic);
        writer.Write(Token);
        writer.Write(LibraryVersion);
        writer.Write(EntryAssembly);
        writer.Write(EntryVersion);
        writer.Write(SessionDirectory);
        writer.Write(Participant.Slot);
        writer.Write(Participant.Generation);
        writer.Write(Depth);
        writer.Write(ParentId);
        writer.Write(ParentName);
        writer.Write(IsSpare ? 1 : 0);
        writer.Write(OutputIsRead ? 1 : 0);
        writer.Write(ErrorIsRead ? 1 : 0);
        writer.Write(EnvironmentToRestore.Count);
        foreach (var (name, value) in EnvironmentToRestore)
        {
            writer.Write(name);
            writer.Write(value is null ? 0 : 1);
            writer.Write(value ?? "");
        }

        return writer.ToBytes();
    }

    public static Hello FromBytes(byte[] bytes)
    {
        var reader = new HelloReader(bytes);
        if (reader.ReadInt32() != Magic)
        {
            throw new InvalidDataException(
                "The greeting on the inherited handle is not one of this library's: parent and child are different versions.");
        }

        return new Hello
        {
            Token = reader.ReadGuid(),
            LibraryVersion = reader.ReadGuid(),
            EntryAssembly = reader.ReadString(),
            EntryVersion = reader.ReadGuid(),
            SessionDirectory = reader.ReadString(),
            Participant = new ParticipantId(reader.ReadInt32(), reader.ReadInt32()),
            Depth = reader.ReadInt32(),
            ParentId = reader.ReadInt32(),
            ParentName = reader.ReadString(),
            IsSpare = reader.ReadBoolean(),
            OutputIsRead = reader.ReadBoolean(),
            ErrorIsRead = reader.ReadBoolean(),
            EnvironmentToRestore = ReadEnvironment(ref reader),
        };
    }

    private static Dictionary<string, string?> ReadEnvironment(ref HelloReader reader)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var name = reader.ReadString();
            var present = reader.ReadBoolean();
            var value = reader.ReadString();
            environment[name] = present ? value : null;
        }

        return environment;
    }
}
