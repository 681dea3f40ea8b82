using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// The rules for names: 1 to 128 characters, no control character, no half of a surrogate pair. Names are case-sensitive, spaces count, and all kinds
/// of objects share one set of names.
/// </summary>
internal static class ObjectName
{
    public const int MaxLength = 128;

    // A control character, which no user's name contains.
    private const char Inner = '\u0001';

    public static string Check(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaxLength)
        {
            throw new ArgumentException($"A name has at most {MaxLength} characters; this one has {name.Length}.", nameof(name));
        }

        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsControl(name[i]))
            {
                throw new ArgumentException($"A name has no control characters; this one has U+{(int)name[i]:X4} at index {i}.", nameof(name));
            }

            if (char.IsSurrogatePair(name, i))
            {
                i++;
            }
            else if (char.IsSurrogate(name[i]))
            {
                throw new ArgumentException($"The name has half of a surrogate pair at index {i}.", nameof(name));
            }
        }

        return name;
    }

    /// <summary>Returns the name of an object that belongs to the named one.</summary>
    public static string PartOf(string name, string part) => name + Inner + part;

    /// <summary>Returns the name that the user has given, for messages.</summary>
    public static string Shown(string name) => name.Split(Inner)[0];

    /// <summary>
    /// Returns the hash by which entries are searched; the name itself is compared then. Never 0, which means no name. FNV-1a, the same in every
    /// process and build.
    /// </summary>
    public static long HashOf(string name)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var part in MemoryMarshal.AsBytes(name.AsSpan()))
        {
            hash = (hash ^ part) * 0x100000001B3;
        }

        return hash == 0 ? 1 : (long)hash;
    }
}
