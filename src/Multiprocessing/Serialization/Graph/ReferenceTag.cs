namespace Multiprocessing;

/// <summary>The byte before every reference in a message.</summary>
internal static class ReferenceTag
{
    public const byte Null = 0;

    /// <summary>An object that was written earlier, by number.</summary>
    public const byte Back = 1;

    /// <summary>A new object of the declared type; +1: its type is named; +2: its body is deferred.</summary>
    public const byte New = 2;

    /// <summary>An object that was written earlier and for which another body follows later.</summary>
    public const byte BackWithBody = 6;

    /// <summary>A new object that a registered serializer wrote: its type, the serializer, its bytes.</summary>
    public const byte Registered = 7;

    /// <summary>Not a reference: a <see cref="MessageHead{T}"/> follows, and the root's reference after it.</summary>
    public const byte Head = 8;
}
