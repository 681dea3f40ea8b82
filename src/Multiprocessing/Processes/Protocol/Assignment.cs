namespace Multiprocessing;

/// <summary>What a child learns together with its body: all of its greeting that may not be known yet when a spare is made.</summary>
internal sealed record Assignment
{
    public required string Name { get; init; }

    public required TimeSpan TerminationGrace { get; init; }

    /// <summary>The parent reads the result, so an exception is its to show; without one the child writes it to standard error, as a program's last words.</summary>
    public required bool ReportsErrors { get; init; }

    public void WriteTo(MessageBuffer message)
    {
        var writer = new HelloWriter();
        writer.Write(Name);
        writer.Write(TerminationGrace.Ticks);
        writer.Write(ReportsErrors ? 1 : 0);
        writer.CopyTo(message);
    }

    /// <summary>Reads one; <paramref name="rest"/> is what stands behind it.</summary>
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
