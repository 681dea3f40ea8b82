namespace Multiprocessing;

/// <summary>What a child receives together with its body: the part of its description that is unknown when a spare is started.</summary>
internal sealed record Assignment
{
    public required string Name { get; init; }

    public required TimeSpan TerminationGrace { get; init; }

    /// <summary>The parent reads the result and therefore shows an exception. Otherwise the child writes it to standard error.</summary>
    public required bool ReportsErrors { get; init; }

    public void WriteTo(MessageBuffer message)
    {
        var writer = new HelloWriter();
        writer.Write(Name);
        writer.Write(TerminationGrace.Ticks);
        writer.Write(ReportsErrors ? 1 : 0);
        writer.CopyTo(message);
    }

    /// <summary>Reads an assignment; <paramref name="rest"/> receives the bytes after it.</summary>
    public static Assignment Read(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> rest)
    {
        var reader = new HelloReader(bytes);
        var assignment = new Assignment
        {
            Name = reader.ReadString(),
            TerminationGrace = TimeSpan.FromTicks(reader.ReadInt64()),
            ReportsErrors = reader.ReadBoolean(),
        };
        rest = reader.Rest;
        return assignment;
    }
}
