namespace Multiprocessing;

/// <summary>
/// The last page of a named segment: its name and what it is. It lies in the segment and not in a table of its own, so a name exists exactly as long
/// as its object: killed at any instruction, there is no name without an object. Written once, before the segment's magic number, under the name
/// lock.
/// </summary>
internal readonly unsafe struct NamePage
{
    public const int Size = 4096;
    public const int MaxName = ObjectName.MaxLength + 16;
    public const int MaxKind = 500;
    public const int MaxDetail = 200;
    private const int MaxBuild = 40;
    private const int MaxCreator = 200;

    private NamePage(string name, NamedIdentity identity, string creator)
    {
        Name = name;
        Identity = identity;
        Creator = creator;
    }

    public string Name { get; }

    public NamedIdentity Identity { get; }

    /// <summary>Gets the program that created the object, and its pid, for messages.</summary>
    public string Creator { get; }

    public static void Write(Segment segment, string name, in NamedIdentity identity)
    {
        var at = segment.Base + segment.Size - Size;
        Put(ref at, name, MaxName);
        Put(ref at, identity.Kind, MaxKind);
        Put(ref at, identity.Detail ?? "", MaxDetail);
        Put(ref at, identity.Build, MaxBuild);
        Put(ref at, $"{Path.GetFileName(Environment.ProcessPath)} (pid {Environment.ProcessId})", MaxCreator);
        GC.KeepAlive(segment);
    }

    /// <summary>Reads the name in a copy of the page, which may be that of another process's segment.</summary>
    public static string NameIn(byte* page) => Get(ref page, MaxName);

    public static NamePage Read(Segment segment)
    {
        var at = segment.Base + segment.Size - Size;
        var page = new NamePage(
            Get(ref at, MaxName),
            new NamedIdentity(Get(ref at, MaxKind), Get(ref at, MaxDetail), Get(ref at, MaxBuild)),
            Get(ref at, MaxCreator));
        GC.KeepAlive(segment);
        return page;
    }

    /// <summary>
    /// Shortens a text to the maximum length. A shortened text ends in a hash of the whole, so that two texts with the same beginning still differ.
    /// </summary>
    public static string Fitted(string text, int max) => text.Length <= max ? text : $"{text[..(max - 17)]}#{ObjectName.HashOf(text):X16}";

    private static void Put(ref byte* at, string text, int max)
    {
        text = Fitted(text, max);
        *(int*)at = text.Length;
        text.CopyTo(new Span<char>(at + sizeof(int), max));
        at += sizeof(int) + (max * sizeof(char));
    }

    private static string Get(ref byte* at, int max)
    {
        var text = new string((char*)(at + sizeof(int)), 0, Math.Clamp(*(int*)at, 0, max));
        at += sizeof(int) + (max * sizeof(char));
        return text;
    }
}
