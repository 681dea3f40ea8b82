namespace Multiprocessing;

/// <summary>
/// The optional head of a message, before the root: the registrations of serializers that its reader must or should have. If the root is a reference,
/// its tag shows whether there is a head; before a struct there is a byte for it; a string never needs one.
/// </summary>
internal static class MessageHead<T>
{
    private static readonly bool HasTag = !typeof(T).IsValueType;
    private static readonly bool HasNone = typeof(T) == typeof(string);

    /// <summary>
    /// Bodies of processes and tasks (classes of this library) carry all registrations, because the other process writes their results.
    /// </summary>
    private static readonly bool Announces = !typeof(T).IsValueType && typeof(T).Assembly == typeof(ValueSerializer).Assembly;

    public static void Write(GraphWriter writer)
    {
        if (HasNone)
        {
            return;
        }

        var announcement = Announces ? CustomSerializers.Announcement : null;
        if (announcement is null && !writer.NeedsHead)
        {
            if (!HasTag)
            {
                writer.Out.WriteByte(0);
            }

            return;
        }

        writer.Out.WriteByte(ReferenceTag.Head);
        writer.Out.WriteByte(writer.KeepsIdentity ? (byte)1 : (byte)0);
        writer.Out.WriteVarint((uint)(writer.HasListed ? writer.Listed.Count : 0));
        if (writer.HasListed)
        {
            foreach (var registration in writer.Listed)
            {
                writer.Out.WriteBytes(registration.Blob);
            }
        }

        writer.Out.WriteVarint((uint)(announcement?.Length ?? 0));
        writer.Out.WriteBytes(announcement);
    }

    public static void Read(GraphReader reader)
    {
        if (HasNone)
        {
            return;
        }

        if (HasTag)
        {
            if (reader.SkipsByte(ReferenceTag.Head))
            {
                reader.ReadHead();
            }

            return;
        }

        switch (reader.ReadByte())
        {
            case 0:
                return;
            case ReferenceTag.Head:
                reader.ReadHead();
                return;
            default:
                throw GraphReader.Torn();
        }
    }
}
