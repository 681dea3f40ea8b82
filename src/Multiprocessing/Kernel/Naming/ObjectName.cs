using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>What a name may be: 1 to 128 characters, none of them a control character, no half of a surrogate pair. Case counts, and so does every space; all kinds of objects share the names.</summary>
internal static class ObjectName
{
    public const int MaxLength = 128;

    // No user's name can have it, as it is a control character.
    private const char Inner = '\u0001';

    public static string Check(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaxLength)
        {
            throw new ArgumentException($"A name has at most {MaxLength} characters, and this one has {name.Length}.", nameof(name));
        }

        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsControl(name[i]))
            {
                throw new ArgumentException($"A name has no control characters, and this one has U+{(int)name[i]:X4} at {i}.", nameof(name));
            }

            if (char.IsSurrogatePair(name, i))
            {
                i++;
            }
            else if (char.IsSurrogate(name[i]))
            {
                throw new ArgumentException($"Half of a surrogate pair stands at {i} in the name.", nameof(name));
            }
        }

        return name;
    }

    /// <summary>The name of an object that comes with the named one.</summary>
    public static string PartOf(string name, string part) => name + Inner + part;

    /// <summary>For messages: the name that the user has given.</summary>
    public static string Shown(string name) => name.Split(Inner)[0];

    /// <summary>Finds the entry; the name itself decides. Never 0, which says that there is no name. FNV-1a, the same in every process and build.</summary>
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
