namespace Multiprocessing.Generators;

/// <summary>The 64-bit hash function FNV-1a (Fowler, Noll, Vo) over UTF-16 code units, low byte first.</summary>
internal static class Fnv1A
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Hash(string text)
    {
        var hash = Offset;
        foreach (var c in text)
        {
            hash = unchecked((hash ^ (byte)c) * Prime);
            hash = unchecked((hash ^ (byte)(c >> 8)) * Prime);
        }

        return hash;
    }
}
